"""Sharpness-aware steps with Keras on JAX."""

from __future__ import annotations

from typing import Any

import jax
import keras
from jax import numpy as jnp

from training.joint_model import JointModel


class SharpnessAwareModel(JointModel):
    """A joint model whose steps look for flat minima, like that of `sharpness_on_tensorflow`."""

    def __init__(self, *joint: Any, radius: float, moving: int) -> None:
        super().__init__(*joint)
        self._radius = radius
        self._moving = moving

    def train_step(self, state: Any, data: Any) -> Any:
        trainable, other, slots, metrics = state
        batch = keras.utils.unpack_x_y_sample_weight(data)
        differentiated = jax.value_and_grad(self.compute_loss_and_updates, has_aux=True)

        def gradients(weights: Any, others: Any, batch: Any) -> Any:
            (loss, (_, _, others, _)), found = differentiated(
                weights, others, metrics, *batch, training=True, optimizer_variables=slots
            )
            return loss, others, found

        first = jax.tree.map(lambda array: array[: self._moving], batch)
        _, before, up = gradients(trainable, other, first)
        scale = self._radius / jnp.sqrt(sum(jnp.sum(gradient**2) for gradient in up))
        moved = [weight + scale * gradient for weight, gradient in zip(trainable, up, strict=True)]
        loss, after, found = gradients(moved, before, batch)
        # The statistics before the move; the states of random generators after both passes.
        other = [
            old if jnp.issubdtype(old.dtype, jnp.floating) else new
            for old, new in zip(before, after, strict=True)
        ]
        trainable, slots = self.optimizer.stateless_apply(slots, found, trainable)
        return {"loss": loss}, (trainable, other, slots, metrics)
