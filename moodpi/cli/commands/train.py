"""`moodpi train MODEL --data FER2013`: train a face-emotion model, with checkpoints."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodpi.errors import EXIT_DONE, MoodpiError, UsageError, did_you_mean

if TYPE_CHECKING:
    from training.config import TrainingConfig
    from training.data.faces import Faces
    from training.fit import Trainer
    from training.run_folder import RunFolder

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
    NumberOption("epochs", int, 1, 10_000, "N", "passes over the training faces (default: 100)"),
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
    NumberOption("seed", int, 0, 2**32 - 1, "S", "seed of all random numbers (default: 1)"),
)
# The options that set a field of TrainingConfig of the same name.
CONFIG_OPTIONS = (
    "weights",
    "teachers",
    "drop_duplicates",
    "precision",
    *(option.name for option in NUMBER_OPTIONS),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options.

    A setting without an option has TrainingConfig's default, or with --resume the value of the run.
    """
    parser.add_argument("model", metavar="MODEL", help="architecture: simple_cnn or resnet50v2")
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="FER2013",
        help="fer2013.csv, plain, .gz or .zip, or a folder with train/CLASS/*.png",
    )
    parser.add_argument(
        "--votes", type=Path, metavar="CSV", help="FER+ votes, row for row with the CSV"
    )
    parser.add_argument("--run", type=Path, metavar="DIR", help="run folder (default: runs/MODEL)")
    parser.add_argument("--resume", action="store_true", help="resume the run in the run folder")
    _add_settings(parser)


def _add_settings(parser: argparse.ArgumentParser) -> None:
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
        "--drop-duplicates",
        action="store_true",
        default=None,
        help="keep one copy of every image; copies in Training are dropped first",
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


def run(arguments: argparse.Namespace) -> int:
    """Train until the run ends, or until Ctrl-C; the last checkpoint remains either way."""
    from training.architectures import check_architecture
    from training.run_folder import RunFolder

    check_architecture(arguments.model)
    folder = RunFolder(arguments.run or Path("runs") / arguments.model)
    trainer = _prepare(arguments, folder, _config(arguments, folder))
    try:
        progress = trainer.run()
    except KeyboardInterrupt:
        print(f"\nmoodpi: stopped {_resume_hint(arguments, trainer)}", file=sys.stderr)
        return 128 + signal.SIGINT
    except MoodpiError as error:
        raise MoodpiError(
            f"{error}; stopped {_resume_hint(arguments, trainer)}", code=error.code
        ) from error
    finally:
        trainer.save_learning_curves()
    float16 = folder.save_float16()
    best = folder.best_weights
    print(
        f"done: best validation top-1 {progress.best:.2%}\n"
        f"weights: {best}, in float16 {float16}\n"
        f"next: moodpi export {arguments.model} --weights {shlex.quote(str(best))} "
        f"--data {shlex.quote(str(arguments.data))}"
    )
    return EXIT_DONE


def _config(arguments: argparse.Namespace, folder: RunFolder) -> TrainingConfig:
    """The configuration: the options, over those of the resumed run or over the defaults."""
    from training.config import TrainingConfig

    options: dict[str, Any] = {name: getattr(arguments, name) for name in CONFIG_OPTIONS}
    options = {name: value for name, value in options.items() if value is not None}
    if "teachers" in options:
        options["teachers"] = tuple(options["teachers"])
    if arguments.resume:
        _, record = folder.load()
        saved = TrainingConfig.from_json(record["config"])
        config = replace(saved, model=arguments.model, **options)
    else:
        folder.check_unused()
        if arguments.votes:
            options.setdefault("votes_share", DEFAULT_VOTES_SHARE)
        config = TrainingConfig(model=arguments.model, **options)
    _check(config, arguments.votes)
    return config


def _check(config: TrainingConfig, votes: Path | None) -> None:
    """Raise UsageError if an option needs another one that is missing."""
    if config.votes_share and not votes:
        raise UsageError(
            f"--votes-share {config.votes_share} needs the FER+ votes: add --votes CSV",
            code="votes_missing",
        )
    if config.initial_share and not config.weights:
        raise UsageError(
            f"--initial-share {config.initial_share} needs initial weights: add --weights with the "
            ".npz file of an earlier run",
            code="weights_missing",
        )


def _prepare(arguments: argparse.Namespace, folder: RunFolder, config: TrainingConfig) -> Trainer:
    """Load the data, build or restore the model, and print both."""
    from training.keras_import import import_keras

    (name, validation), faces = _load_splits(arguments, config)
    if not arguments.resume:
        folder.create()
    import_keras()
    from training.architectures import architecture
    from training.fit import Trainer

    trainer = Trainer(architecture(config.model), config, faces, validation, folder)
    if arguments.resume:
        trainer.resume()
    print(f"{len(faces)} training faces, {len(validation)} validation faces ({name})")
    print(f"run folder: {folder.path}")
    print(f"{trainer.model.count_params()} parameters")
    for field, value in asdict(config).items():
        print(f"  {field}: {value}")
    return trainer


def _load_splits(
    arguments: argparse.Namespace, config: TrainingConfig
) -> tuple[tuple[str, Faces], Faces]:
    """The validation split with its name, and the training faces. Prints a summary of all."""
    from training.data.faces import (
        TRAINING,
        require_split,
        summary_lines,
        validation_split,
        without_duplicates,
    )
    from training.data.loading import load_faces

    splits = load_faces(arguments.data, arguments.votes)
    print("\n".join(summary_lines(splits)))
    if config.drop_duplicates:
        splits = without_duplicates(splits)
    faces = require_split(splits, TRAINING, arguments.data)
    return validation_split(splits, arguments.data), faces


def _resume_hint(arguments: argparse.Namespace, trainer: Trainer) -> str:
    """When the run stopped and the command that resumes it."""
    done = trainer.progress.epochs_done
    if not done:
        return "before the end of the first epoch: there is no checkpoint to resume"
    command = ["moodpi", "train", arguments.model, "--data", str(arguments.data)]
    for option in ("votes", "run"):
        if value := getattr(arguments, option):
            command += [f"--{option}", str(value)]
    return f"after epoch {done}: resume with `{shlex.join([*command, '--resume'])}`"


def _number(kind: type[int] | type[float], low: float, high: float) -> Callable[[str], int | float]:
    """An argparse type: a number of `kind` in low..high; UsageError otherwise."""

    def parse(text: str) -> int | float:
        try:
            value = kind(text)
        except ValueError:
            value = kind(low) - 1
        if not low <= value <= high:
            name = "a whole number" if kind is int else "a number"
            raise UsageError(
                f"invalid value '{text}': expected {name} from {low} to {high}",
                code="invalid_number",
            )
        return value

    return parse


def _precision(text: str) -> str:
    from training.config import PRECISIONS

    if text not in PRECISIONS:
        raise UsageError(
            f"unknown precision '{text}': {did_you_mean(text, PRECISIONS)}",
            code="unknown_precision",
        )
    return text
