"""Acceptance criteria: whether an exported file is close enough to its Keras model to install."""

from __future__ import annotations

from dataclasses import dataclass

from convert.accuracy import Accuracy


@dataclass(frozen=True)
class AcceptanceCriteria:
    """The bounds that an exported file must keep.

    Attributes:
        min_agreement: The smallest share of faces for which file and Keras model predict the same
            emotion.
        max_top1_loss: The largest loss of top-1 accuracy, as a share of all faces.
    """

    min_agreement: float
    max_top1_loss: float

    def rejection(self, accuracy: Accuracy, keras_top1: float) -> str:
        """The reason to reject a file with this accuracy; empty if it is accepted."""
        loss = keras_top1 - accuracy.top1
        if loss > self.max_top1_loss:
            return (
                f"top-1 is {100 * loss:.2f} points below Keras, "
                f"at most {100 * self.max_top1_loss:.2f} allowed"
            )
        if accuracy.agreement_with_keras < self.min_agreement:
            return (
                f"agreement with Keras is {accuracy.agreement_with_keras:.2%}, "
                f"at least {self.min_agreement:.2%} required"
            )
        return ""


INT8_CRITERIA = AcceptanceCriteria(min_agreement=0.98, max_top1_loss=0.003)
FLOAT_CRITERIA = AcceptanceCriteria(min_agreement=0.999, max_top1_loss=0.001)
