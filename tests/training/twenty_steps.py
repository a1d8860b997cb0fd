"""Twenty training steps without random numbers, in a process of its own for each backend.

`KERAS_BACKEND=... python -m tests.training.twenty_steps MODEL WEIGHTS RESULT DEVICES RADIUS` writes
the losses and the statistics of normalization to an .npz file. The .npz file of the weights is
written first if it does not exist. DEVICES `all` shares the batches out among all devices; RADIUS
is that of sharpness-aware steps, 0 for ordinary ones.
"""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np

from tests.training import tiny
from training.architectures import architecture
from training.augmentation import Augmentation
from training.backend_joint_model import build_joint_model
from training.backend_stepping import stepping
from training.batches import TrainingBatches
from training.config import TrainingConfig
from training.data.faces import Faces
from training.devices import share_out_batches
from training.optimizer import build_optimizer
from training.schedule import learning_rates

STEPS = 20
BATCH = 16
STEPS_OF_AN_EPOCH = 211


def main(name: str, weights: Path, result: Path, devices: str, radius: float) -> None:
    """Train and write `losses`, float64 [STEPS], and `statistics`, float32 [n]."""
    if devices == "all":
        share_out_batches(BATCH)
    if keras.backend.backend() == "jax" and name == "tiny":
        from training import compiled_epoch

        # The whole epoch in one loop, as on an accelerator.
        compiled_epoch.STEPS_ON_CPU = STEPS
    with tiny.registered():
        model = tiny.without_dropout(architecture(name)())
    if weights.exists():
        with np.load(weights) as arrays:
            model.set_weights([arrays[key] for key in arrays.files])
    else:
        np.savez(weights, *model.get_weights())
    random = np.random.default_rng(0)
    labels = random.integers(0, 7, STEPS * BATCH)
    images = random.integers(0, 256, (STEPS * BATCH, 48, 48), dtype=np.uint8)
    faces = Faces(images, labels, np.zeros((STEPS * BATCH, 7), np.float32))
    config = TrainingConfig(batch_size=BATCH, sharpness_radius=radius)
    batches = TrainingBatches(faces, config)
    joint = build_joint_model([model], [], config)
    joint.compile(build_optimizer(config), jit_compile=False)
    joint.optimizer.build(joint.trainable_variables)
    # The first steps of a run on FER2013, in its warm-up.
    rates = learning_rates(config, 1, config.epochs, STEPS_OF_AN_EPOCH)[:STEPS]
    plan = batches.plan(1, Augmentation().scaled(0), rates)
    losses = stepping(joint, batches).run(plan, lambda _: None)
    statistics = [keras.ops.convert_to_numpy(v) for v in model.weights if "moving" in v.path]
    np.savez(result, losses=losses, statistics=np.concatenate(statistics))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], float(sys.argv[5]))
