"""Chooses how the steps of an epoch run: one compiled program on JAX, one at a time elsewhere."""

from __future__ import annotations

import keras

from training.batches import TrainingBatches
from training.joint_model import JointModel
from training.stepping import StepByStep, Stepping


def stepping(model: JointModel, batches: TrainingBatches) -> Stepping:
    """What runs an epoch on the backend of Keras."""
    if keras.backend.backend() == "jax":
        # JAX is installed only where it is the backend.
        from training.compiled_epoch import CompiledEpoch

        return CompiledEpoch(model, batches)
    return StepByStep(model, batches)
