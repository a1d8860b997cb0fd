"""How far an exported file may be from the Keras model it was made of, and still be installed."""

from __future__ import annotations

from dataclasses import dataclass

from convert.parity import Accuracy


@dataclass(frozen=True)
class Gate:
    """least_agreement: share of faces on which file and model name the same emotion.
    largest_loss: of top-1, as a share of all faces.
    """

    least_agreement: float
    largest_loss: float

    def refusal(self, measured: Accuracy, keras_top1: float) -> str:
        """Why a file so measured is not good enough; empty where it is."""
        loss = keras_top1 - measured.top1
        if loss > self.largest_loss:
            return f"{100 * loss:.2f} points below Keras, at most {100 * self.largest_loss:.2f}"
        if measured.agreement_with_keras < self.least_agreement:
            return (
                f"agrees with Keras on {measured.agreement_with_keras:.2%}, "
                f"at least {self.least_agreement:.2%}"
            )
        return ""


INTEGER = Gate(least_agreement=0.98, largest_loss=0.003)
FLOAT = Gate(least_agreement=0.999, largest_loss=0.001)
