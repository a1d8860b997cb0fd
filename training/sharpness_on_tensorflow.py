"""Sharpness-aware steps with Keras on TensorFlow."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from training.sharpness import SharpnessAwareModel


class TensorFlowSharpnessAwareModel(SharpnessAwareModel):
    """The sharpness-aware steps of TensorFlow."""

    def train_step(self, data: Any) -> Any:
        faces, targets, _ = keras.utils.unpack_x_y_sample_weight(data)
        weights = [variable.value for variable in self.trainable_variables]
        _, gradients = self._gradients(self.first_faces((faces, targets)), weights)
        moves = self.moves(gradients)
        statistics = [
            (variable, tf.identity(variable.value))
            for network in self.networks
            for variable in network.non_trainable_variables
            if keras.backend.is_float_dtype(variable.dtype)
        ]
        for weight, move in zip(weights, moves, strict=True):
            weight.assign_add(move)
        loss, gradients = self._gradients((faces, targets), weights)
        for weight, move in zip(weights, moves, strict=True):
            weight.assign_sub(move)
        for variable, value in statistics:
            variable.assign(value)
        self.optimizer.apply(gradients, self.trainable_variables)
        self._loss_tracker.update_state(loss)
        return self.get_metrics_result()

    def _gradients(self, batch: tuple[Any, Any], weights: list[Any]) -> tuple[Any, list[Any]]:
        faces, targets = batch
        with tf.GradientTape() as tape:
            loss = self.compute_loss(faces, targets, self(faces, training=True))
        return loss, tape.gradient(loss, weights)
