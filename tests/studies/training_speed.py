"""The processor time of a training step of simple_cnn, with augmentation, on the present backend.

`KERAS_BACKEND=tensorflow|jax|torch python -m tests.studies.training_speed [STEPS] [POLICY]` prints
it for the second of two epochs of STEPS steps (10) of 128 made-up faces; the first one compiles.
The default policy is float32. An epoch of FER2013 has 211 steps. Processor time, because a
machine that others use does not change it much.
"""

from __future__ import annotations

import sys
import time

import keras
import numpy as np

from tests.benchmarks.machine import describe
from training.architectures import architecture
from training.backend_stepping import stepping
from training.batches import TrainingBatches
from training.config import TrainingConfig
from training.data.faces import Faces
from training.joint_model import JointModel
from training.optimizer import build_optimizer
from training.schedule import learning_rates


def main() -> None:
    """Print the processor seconds of a step."""
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    policy = sys.argv[2] if len(sys.argv) > 2 else "float32"
    keras.mixed_precision.set_dtype_policy(policy)
    config = TrainingConfig()
    random = np.random.default_rng(1)
    count = steps * config.batch_size
    images = random.integers(0, 256, (count, 48, 48), dtype=np.uint8)
    labels = random.integers(0, 7, count)
    batches = TrainingBatches(Faces(images, labels, np.zeros((count, 7), np.float32)), config)
    joint = JointModel([architecture("simple_cnn")()])
    joint.compile(build_optimizer(config), jit_compile=False)
    joint.optimizer.build(joint.trainable_variables)
    way = stepping(joint, batches)
    for epoch in (1, 2):
        rates = learning_rates(config, epoch, config.epochs, steps)
        begun = time.process_time()
        way.run(batches.plan(epoch, config.augmentation, rates), lambda _: None)
        seconds = (time.process_time() - begun) / steps
    print(f"{describe()}, {keras.backend.backend()}, {policy}, {config.batch_size} faces a step")
    print(f"{seconds:.2f} s of processor time a step")


if __name__ == "__main__":
    main()
