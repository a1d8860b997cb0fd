"""Sharpness-aware minimization: weights in whose neighbourhood the loss is low too."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from moodpi.errors import UsageError
from training.config import TrainingConfig
from training.joint_model import JointModel

# The part of a batch whose gradient moves the weights. It costs less than the whole batch, and the
# sharpness on few faces predicts generalization better (Foret et al. 2021).
MOVING_PART = 1 / 4
BACKENDS = ("tensorflow", "jax")


def check_sharpness(config: TrainingConfig) -> None:
    """Raise UsageError if the run needs sharpness-aware steps that the backend does not have."""
    backend = keras.backend.backend()
    if config.sharpness_radius and backend not in BACKENDS:
        raise UsageError(
            f"--sharpness-radius {config.sharpness_radius} needs Keras on TensorFlow or JAX, not "
            f"on {backend}: set KERAS_BACKEND=tensorflow, or leave the option out",
            code="sharpness_backend",
        )


def build_joint_model(
    networks: Sequence[keras.Model], teachers: Sequence[keras.Model], config: TrainingConfig
) -> JointModel:
    """The joint model of a run, with sharpness-aware steps if `config.sharpness_radius` is set."""
    if not config.sharpness_radius:
        return JointModel(networks, teachers, config.teacher_share)
    # Each backend computes gradients in its own way, and only one may be installed.
    if keras.backend.backend() == "jax":
        from training.sharpness_on_jax import SharpnessAwareModel
    else:
        from training.sharpness_on_tensorflow import SharpnessAwareModel
    return SharpnessAwareModel(
        networks,
        teachers,
        config.teacher_share,
        radius=config.sharpness_radius,
        moving=max(1, round(MOVING_PART * config.batch_size)),
    )
