"""Sharpness-aware steps with Keras on JAX."""

from __future__ import annotations

from typing import Any

import jax
import keras
from jax import numpy as jnp

from training.sharpness import SharpnessAwareModel


class JaxSharpnessAwareModel(SharpnessAwareModel):
    """The sharpness-aware steps of JAX."""

    def train_step(self, state: Any, data: Any) -> Any:
        weights, others, slots, metrics = state
        faces, targets, _ = keras.utils.unpack_x_y_sample_weight(data)
        differentiated = jax.value_and_grad(self.compute_loss_and_updates, has_aux=True)

        def gradients(weights: Any, others: Any, batch: Any) -> tuple[Any, Any, Any]:
            (loss, (_, _, others, _)), computed = differentiated(
                weights, others, metrics, *batch, None, training=True, optimizer_variables=slots
            )
            return loss, others, computed

        _, others, direction = gradients(weights, others, self.first_faces((faces, targets)))
        moves = self.moves(direction)
        moved = [weight + move for weight, move in zip(weights, moves, strict=True)]
        loss, others_when_moved, computed = gradients(moved, others, (faces, targets))
        # The statistics before the move; the states of random generators after both passes.
        others = [
            before if jnp.issubdtype(before.dtype, jnp.floating) else after
            for before, after in zip(others, others_when_moved, strict=True)
        ]
        weights, slots = self.optimizer.stateless_apply(slots, computed, weights)
        return {"loss": loss}, (weights, others, slots, metrics)
