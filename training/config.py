"""What decides a training run, and nothing that happens in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from moodpi.errors import MoodpiError
from training.augmentation import Augmentation

PRECISIONS = ("float32", "mixed_bfloat16")


@dataclass(frozen=True)
class TrainingConfig:
    """What decides a run.

    weights: what to begin with (training/beginning.py); empty begins from nothing.
    beginning_share: how much of `weights` there is in the weights that are evaluated and kept; what
        a run learns last of a data set's own labels costs elsewhere (Wortsman et al. 2022).
    teachers: trained models to learn from, each MODEL=NPZ (training/teacher.py).
    teacher_share: how much of each target is the teachers' opinion, where there are any.
    drop_duplicates: every picture once; where splits share one, Training's goes.
    patience: the run ends early after this many epochs without a better validation top-1.
    votes_share: how much of each target comes from FER+'s votes, the rest from the FER2013 label.
    fade_epochs: over so many last epochs the augmentation fades away, so that a network which the
        changed faces kept from fitting ends on faces as they are.
    learning_rate: the peak, reached after `warmup_epochs`, then a cosine down to zero.
    ema: momentum per step, in the end, of the weight average that is evaluated and kept.
    precision: a Keras dtype policy; mixed_bfloat16 pays where the processor has bfloat16 units.
    """

    model: str = "simple_cnn"
    weights: str = ""
    beginning_share: float = 0.0
    teachers: tuple[str, ...] = ()
    teacher_share: float = 0.7
    drop_duplicates: bool = False
    epochs: int = 100
    patience: int = 40
    batch_size: int = 128
    learning_rate: float = 1.5e-3
    warmup_epochs: int = 2
    weight_decay: float = 0.05
    label_smoothing: float = 0.05
    votes_share: float = 0.0
    fade_epochs: int = 0
    ema: float = 0.999
    seed: int = 1
    precision: str = "float32"
    augmentation: Augmentation = field(default_factory=Augmentation)

    @classmethod
    def of(cls, values: dict[str, Any]) -> TrainingConfig:
        """The inverse of `dataclasses.asdict`; MoodpiError where `values` has another shape."""
        try:
            augmentation = Augmentation(**values["augmentation"])
            teachers = tuple(values["teachers"])
            return cls(**{**values, "augmentation": augmentation, "teachers": teachers})
        except (TypeError, KeyError) as error:
            raise MoodpiError(
                f"the run's configuration is of another version of moodpi ({error}): begin anew"
            ) from error

    def augmentation_in(self, epoch: int) -> Augmentation:
        """The augmentation of one epoch, counted from 1."""
        left = self.epochs - epoch + 1
        return self.augmentation.weakened(min(1.0, left / (self.fade_epochs + 1)))

    def differences(self, other: TrainingConfig) -> list[str]:
        """What differs from `other`, each as 'name: here, there'; `epochs` may, a run can go on."""
        mine, others = asdict(self), asdict(other)
        return [
            f"{name}: {mine[name]}, {others[name]}"
            for name in (entry.name for entry in fields(self))
            if name != "epochs" and mine[name] != others[name]
        ]
