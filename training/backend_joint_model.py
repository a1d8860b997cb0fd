"""Builds the joint model of a run, with the steps of the backend of Keras."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from moodpi.errors import UsageError
from training.config import TrainingConfig
from training.joint_model import JointModel

# The part of a batch that determines the direction of a sharpness-aware step.
DIRECTION_PART = 1 / 4
# What NormalizedConv2D needs for its statistics.
MIN_DIRECTION_FACES = 16
SHARPNESS_BACKENDS = ("tensorflow", "jax")


def check_sharpness(config: TrainingConfig) -> None:
    """Raise UsageError if the backend does not have the sharpness-aware steps that a run needs."""
    backend = keras.backend.backend()
    if config.sharpness_radius and backend not in SHARPNESS_BACKENDS:
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
    part = max(MIN_DIRECTION_FACES, round(DIRECTION_PART * config.batch_size))
    steps = (config.sharpness_radius, min(part, config.batch_size))
    # Each backend computes gradients in its own way, and only one may be installed.
    if keras.backend.backend() == "jax":
        from training.sharpness_on_jax import JaxSharpnessAwareModel

        return JaxSharpnessAwareModel(networks, teachers, config.teacher_share, *steps)
    from training.sharpness_on_tensorflow import TensorFlowSharpnessAwareModel

    return TensorFlowSharpnessAwareModel(networks, teachers, config.teacher_share, *steps)
