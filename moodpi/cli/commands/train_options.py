"""The options of `moodpi train` that set the configuration of the run."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from moodpi.errors import UsageError, did_you_mean
from moodpi.text import quoted

# The share of FER+'s votes in a target where --votes is given without --votes-share.
DEFAULT_VOTES_SHARE = 0.25


@dataclass(frozen=True)
class NumberOption:
    """An option for a number in `low` to `high`, both included."""

    name: str
    kind: type[int] | type[float]
    low: float
    high: float
    metavar: str
    help: str


NUMBER_OPTIONS = (
    NumberOption(
        "initial_share",
        float,
        0,
        1,
        "S",
        "share of --weights in the saved weights, 0 to 1 (default: 0)",
    ),
    NumberOption(
        "teacher_share",
        float,
        0,
        1,
        "S",
        "share of the teachers in a target, 0 to 1 (default: 0.7)",
    ),
    NumberOption(
        "peer_share",
        float,
        0,
        1,
        "S",
        "share of the other networks of --together in a target, 0 to 1 (default: 0.5)",
    ),
    NumberOption("epochs", int, 1, 10_000, "N", "passes over the training faces (default: 100)"),
    NumberOption(
        "minutes",
        float,
        0,
        100_000,
        "M",
        "train for M minutes instead of --epochs; the schedule follows the clock (default: 0)",
    ),
    NumberOption(
        "patience", int, 1, 10_000, "N", "stop after N epochs without a better top-1 (default: 40)"
    ),
    NumberOption("batch_size", int, 1, 65_536, "N", "faces per step (default: 128)"),
    NumberOption("learning_rate", float, 1e-9, 10, "R", "peak learning rate (default: 0.0015)"),
    NumberOption(
        "label_smoothing", float, 0, 0.99, "S", "smoothing of the labels, 0 to 0.99 (default: 0.05)"
    ),
    NumberOption(
        "votes_share",
        float,
        0,
        1,
        "S",
        f"share of FER+'s votes in a target, 0 to 1 (default with --votes: {DEFAULT_VOTES_SHARE})",
    ),
    NumberOption(
        "fade_epochs",
        int,
        0,
        10_000,
        "N",
        "fade the augmentation out over the last N epochs (default: 0)",
    ),
    NumberOption(
        "fade_to",
        float,
        0,
        1,
        "S",
        "share below which --fade-epochs does not weaken the augmentation, 0 to 1 (default: 0)",
    ),
    NumberOption(
        "noisy_share",
        float,
        0,
        1,
        "S",
        "share of the faces that get noise and the noise reduction of the Pi, 0 to 1 (default: 0)",
    ),
    NumberOption(
        "sharpness_radius",
        float,
        0,
        10,
        "R",
        "radius of sharpness-aware minimization, for example 0.15; 0 for none (default: 0)",
    ),
    NumberOption("seed", int, 0, 2**32 - 1, "S", "seed of all random numbers (default: 1)"),
)
# The options that set a field of TrainingConfig of the same name.
CONFIG_OPTIONS = (
    "weights",
    "teachers",
    "together",
    "drop_duplicates",
    "precision",
    *(option.name for option in NUMBER_OPTIONS),
)


def add_settings(parser: argparse.ArgumentParser) -> None:
    """The options of CONFIG_OPTIONS. Without an option, its value is None."""
    group = parser.add_argument_group("settings")
    group.add_argument(
        "--weights",
        metavar="W",
        help="initial weights: the .npz file of an earlier run, or for resnet50v2 `imagenet` or "
        "Keras's .h5 file (default: random)",
    )
    group.add_argument(
        "--teacher",
        dest="teachers",
        action="append",
        metavar="MODEL=NPZ",
        help="distil this trained model; can be repeated",
    )
    group.add_argument(
        "--together",
        type=_models,
        metavar="MODEL[=NPZ][,...]",
        help="train these models in the same run; each learns from the predictions of the others",
    )
    group.add_argument(
        "--keep-duplicates",
        dest="drop_duplicates",
        action="store_false",
        default=None,
        help="train on every copy of an image, also of PublicTest's images, as papers do",
    )
    group.add_argument(
        "--precision",
        type=_precision,
        metavar="P",
        help="float32 or mixed_bfloat16 (default: float32)",
    )
    for option in NUMBER_OPTIONS:
        group.add_argument(
            f"--{option.name.replace('_', '-')}",
            type=_number(option.kind, option.low, option.high),
            metavar=option.metavar,
            help=option.help,
        )


def _number(kind: type[int] | type[float], low: float, high: float) -> Callable[[str], int | float]:
    """An argparse type: a number of `kind` in low..high. argparse adds the option to its error."""

    def parse(text: str) -> int | float:
        try:
            value = kind(text)
        except ValueError:
            value = kind(low) - 1
        if not low <= value <= high:
            name = "a whole number" if kind is int else "a number"
            raise argparse.ArgumentTypeError(
                f"invalid value {quoted(text)}: expected {name} from {low} to {high}"
            )
        return value

    return parse


def _models(text: str) -> tuple[str, ...]:
    """An argparse type: models, each MODEL or MODEL=NPZ, separated by commas."""
    from training.architectures import check_architecture

    models = tuple(text.split(","))
    names = [check_architecture(model.partition("=")[0]) for model in models]
    if len(set(names)) < len(names):
        raise argparse.ArgumentTypeError(
            f"invalid value {quoted(text)}: expected different models, separated by commas"
        )
    return models


def _precision(text: str) -> str:
    from training.config import PRECISIONS

    if text not in PRECISIONS:
        raise UsageError(
            f"unknown precision {quoted(text)}: {did_you_mean(text, PRECISIONS)}",
            code="unknown_precision",
        )
    return text
