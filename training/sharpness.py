"""Sharpness-aware minimization: a low loss at the weights and in their neighbourhood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from training.joint_model import JointModel


class SharpnessAwareModel(JointModel):
    """A joint model with sharpness-aware steps. Each backend has its own `train_step`.

    A step moves the weights of each network by `radius` up the gradient of the loss on the first
    faces of the batch. It computes the gradient on the whole batch there, moves the weights back
    and applies this gradient (Foret et al., "Sharpness-aware minimization for efficiently improving
    generalization", 2021). In the paper the direction comes from the whole batch, which takes
    longer. The running statistics of normalization are those of the first faces before the move.
    The loss of a step is the one after the move, which is higher than that of an ordinary step.

    Args:
        networks: As for JointModel.
        teachers: As for JointModel.
        teacher_share: As for JointModel.
        radius: The Euclidean length of the move of each network's weights.
        direction_faces: The number of faces whose gradient is the direction of the move.

    """

    def __init__(
        self,
        networks: Sequence[keras.Model],
        teachers: Sequence[keras.Model],
        teacher_share: float,
        radius: float,
        direction_faces: int,
    ) -> None:
        super().__init__(networks, teachers, teacher_share)
        self.radius = radius
        self.direction_faces = direction_faces

    def moves(self, gradients: Sequence[Any]) -> list[Any]:
        """The move of each trainable weight, from the gradients on the first faces."""
        moves: list[Any] = []
        for network in self.networks:
            end = len(moves) + len(network.trainable_variables)
            own = gradients[len(moves) : end]
            length = ops.sqrt(sum(ops.sum(ops.square(gradient)) for gradient in own))
            scale = self.radius / ops.maximum(length, keras.config.epsilon())
            moves += [scale * gradient for gradient in own]
        return moves

    def first_faces(self, batch: Any) -> Any:
        """The faces of a batch, and all that belongs to them, that determine the direction."""
        return keras.tree.map_structure(lambda array: array[: self.direction_faces], batch)
