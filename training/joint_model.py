"""Networks that are trained together, and their teachers, as one Keras model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from training.image_changes import apply_changes


class JointModel(keras.Model):
    """The networks of a run, their loss on augmented faces, and their teachers.

    Each teacher and each network sees the same augmented faces. A network learns from a mixture of
    three: the targets, the mean of the teachers' probabilities (Hinton, Vinyals and Dean 2015; the
    same images let a small network match a large one: Beyer et al. 2022), and the mean of the
    probabilities of the other networks (Zhang et al., "Deep mutual learning", 2018). The loss is
    the sum of the networks' cross-entropies, each with a gradient into its own weights only.

    Input: {"faces": uint8 [n, 48, 48], "changes": the arrays of `draw_changes`}.

    Args:
        networks: Models from faces [n, 48, 48, 1] in 0..255 to logits [n, 7].
        teachers: Trained models of the same kind. They do not learn.
        teacher_share: The share of the teachers in a target, 0 to 1.

    Attributes:
        peer_share: The share of the other networks in a target, a scalar variable, 0 at first.

    """

    def __init__(
        self,
        networks: Sequence[keras.Model],
        teachers: Sequence[keras.Model] = (),
        teacher_share: float = 0.0,
    ) -> None:
        # Networks in bfloat16 cast their own inputs; the changes stay in float32.
        super().__init__(name="joint", dtype="float32")
        self.networks = list(networks)
        self.teachers = list(teachers)
        for teacher in self.teachers:
            teacher.trainable = False
        self.teacher_share = teacher_share if teachers else 0.0
        self.peer_share = self.add_weight(
            name="peer_share", shape=(), initializer="zeros", trainable=False
        )
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> dict[str, list[Any]]:
        faces = apply_changes(inputs["faces"], inputs["changes"])[..., None]
        return {
            "logits": [
                ops.cast(network(faces, training=training), "float32") for network in self.networks
            ],
            "teachers": [
                _probabilities(teacher(faces, training=False)) for teacher in self.teachers
            ],
        }

    def compute_loss(
        self,
        x: Any = None,  # noqa: ARG002
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,  # noqa: ARG002
        training: bool = True,  # noqa: ARG002
    ) -> Any:
        """The sum of the networks' losses for targets y [n, 7] and the outputs of `call`."""
        logits = y_pred["logits"]
        targets = ops.cast(y, "float32")
        if y_pred["teachers"]:
            share = self.teacher_share
            targets = (1 - share) * targets + share * _mean(y_pred["teachers"])
        if len(logits) == 1:
            return _cross_entropy(targets, logits[0])
        predicted = [_probabilities(each) for each in logits]
        losses = [
            _cross_entropy(
                (1 - self.peer_share) * targets
                + self.peer_share * _mean(predicted[:index] + predicted[index + 1 :]),
                each,
            )
            for index, each in enumerate(logits)
        ]
        return sum(losses)


def _probabilities(logits: Any) -> Any:
    """Probabilities without a gradient into the network that predicts them."""
    return ops.stop_gradient(ops.softmax(ops.cast(logits, "float32")))


def _mean(probabilities: Sequence[Any]) -> Any:
    return sum(probabilities) / len(probabilities)


def _cross_entropy(targets: Any, logits: Any) -> Any:
    return ops.mean(ops.categorical_crossentropy(targets, logits, from_logits=True))
