"""Sharpness-aware steps with Keras on TensorFlow."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from training.joint_model import JointModel


class SharpnessAwareModel(JointModel):
    """A joint model whose steps look for flat minima.

    A step moves the weights up the gradient of the loss on the first faces of the batch, computes
    the gradient on the whole batch there, moves the weights back and applies that gradient (Foret
    et al., "Sharpness-aware minimization for efficiently improving generalization", 2021). The
    statistics of normalization are those before the move.

    Args:
        joint: The arguments of JointModel.
        radius: The Euclidean length of the move.
        moving: The number of faces that determine its direction.

    """

    def __init__(self, *joint: Any, radius: float, moving: int) -> None:
        super().__init__(*joint)
        self._radius = radius
        self._moving = moving

    def train_step(self, data: Any) -> Any:
        faces, targets, _ = keras.utils.unpack_x_y_sample_weight(data)
        weights = [variable.value for variable in self.trainable_variables]
        first = keras.tree.map_structure(lambda array: array[: self._moving], (faces, targets))
        _, gradients = self._gradients(first, weights)
        scale = self._radius / tf.linalg.global_norm(gradients)
        moves = [scale * gradient for gradient in gradients]
        statistics = [
            (variable, tf.identity(variable.value))
            for variable in self.non_trainable_variables
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
