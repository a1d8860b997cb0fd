"""The configuration of a training run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from moodpi.errors import MoodpiError
from training.augmentation import Augmentation

PRECISIONS = ("float32", "mixed_bfloat16")
# Fields of moodpi 0.1 by their present names, for checkpoints and run records of that version.
RENAMED = {"beginning_share": "initial_share"}
RENAMED_AUGMENTATION = {"lamp": "light_gradient"}
# The fields that say when a run ends.
LENGTH = ("epochs", "minutes")


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that determines a run, apart from the data.

    Attributes:
        model: The name of the architecture.
        weights: The initial weights (training/initial_weights.py); empty for random ones.
        initial_share: The share of `weights` in the evaluated and saved weights, 0 to 1. It limits
            how far the model specializes in the data set's own labels (Wortsman et al. 2022).
        teachers: Trained models to distil, each as MODEL=NPZ (training/teachers.py).
        teacher_share: The share of the teachers' predictions in each target, 0 to 1.
        together: Architectures that are trained in the same run, each as MODEL or MODEL=NPZ with
            its initial weights. Every network learns from the others.
        peer_share: The share of the other networks' predictions in each target after a sixth of
            the run, 0 to 1.
        drop_duplicates: Keep one copy of every image. Between splits, Training's copy is dropped.
        epochs: The maximum number of epochs.
        minutes: The time limit of the run instead of `epochs`; 0 for none.
        patience: Stop after this many epochs without a better validation top-1.
        batch_size: Faces per step.
        learning_rate: The peak, reached after `warmup_epochs`; cosine decay to zero follows.
        warmup_epochs: Epochs of linear warm-up.
        weight_decay: AdamW's decay of kernels; biases and normalization parameters have none.
        label_smoothing: The share of each target spread evenly over all classes.
        votes_share: The share of FER+'s votes in each target; the rest is the FER2013 label.
        noisy_share: The share of the faces of an epoch that are replaced by copies with noise,
            after the noise reduction of the Pi (training/data/noisy_faces.py).
        fade_epochs: The number of final epochs over which the augmentation fades to nothing.
        fade_to: The share of the augmentation below which it does not fade, 0 to 1.
        sharpness_radius: The length of the temporary move at whose end the gradient is computed; 0
            for ordinary steps (training/sharpness.py).
        ema: The final momentum of the moving average of the weights, per step.
        seed: The seed of weights, dropout, shuffling and augmentation.
        precision: A Keras dtype policy. mixed_bfloat16 is faster on processors with bfloat16.
        augmentation: The random changes of the training images.

    """

    model: str = "simple_cnn"
    weights: str = ""
    initial_share: float = 0.0
    teachers: tuple[str, ...] = ()
    teacher_share: float = 0.7
    together: tuple[str, ...] = ()
    peer_share: float = 0.5
    drop_duplicates: bool = True
    epochs: int = 100
    minutes: float = 0.0
    patience: int = 40
    batch_size: int = 128
    learning_rate: float = 1.5e-3
    warmup_epochs: int = 2
    weight_decay: float = 0.05
    label_smoothing: float = 0.05
    votes_share: float = 0.0
    noisy_share: float = 0.0
    fade_epochs: int = 0
    fade_to: float = 0.0
    sharpness_radius: float = 0.0
    ema: float = 0.999
    seed: int = 1
    precision: str = "float32"
    augmentation: Augmentation = field(default_factory=Augmentation)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> TrainingConfig:
        """The inverse of `dataclasses.asdict`, for JSON values.

        Raises MoodpiError if fields are missing or unknown.
        """
        try:
            augmentation = _renamed(values["augmentation"], RENAMED_AUGMENTATION)
            settings = {
                **_renamed(values, RENAMED),
                "augmentation": Augmentation(**augmentation),
                "teachers": tuple(values["teachers"]),
                "together": tuple(values.get("together", ())),
            }
            return cls(**settings)
        except (TypeError, KeyError) as error:
            raise MoodpiError(
                f"the configuration of the run is of another version of moodpi ({error}): "
                "start a new run with --run",
                code="config_version",
            ) from error

    def differences(self, other: TrainingConfig) -> list[str]:
        """The fields that differ from `other`, each as 'name: this, other'.

        `epochs` and `minutes` are left out: a run can be resumed for a longer time.
        """
        mine, others = asdict(self), asdict(other)
        return [
            f"{name}: {mine[name]}, {others[name]}"
            for name in (entry.name for entry in fields(self))
            if name not in LENGTH and mine[name] != others[name]
        ]


def _renamed(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in values.items()}
