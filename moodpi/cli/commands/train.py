"""`moodpi train MODEL --data FER2013`: train a face-emotion model, with checkpoints."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.errors import EXIT_DONE, MoodpiError, UsageError, did_you_mean

if TYPE_CHECKING:
    from training.checkpoint import RunFolder
    from training.config import TrainingConfig
    from training.fit import Trainer

VOTES_SHARE = 0.25
SETTINGS = (
    "weights",
    "beginning_share",
    "teachers",
    "teacher_share",
    "drop_duplicates",
    "epochs",
    "patience",
    "batch_size",
    "learning_rate",
    "label_smoothing",
    "votes_share",
    "fade_epochs",
    "seed",
    "precision",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Options left out take TrainingConfig's defaults, or with --resume those of the run."""
    parser.add_argument("model", metavar="MODEL", help="architecture: simple_cnn or resnet50v2")
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="FER2013",
        help="fer2013.csv, plain, .gz or .zip, or a folder with train/CLASS/*.png",
    )
    parser.add_argument("--votes", type=Path, metavar="CSV", help="FER+'s votes, row for row")
    parser.add_argument("--run", type=Path, metavar="DIR", help="run folder (runs/MODEL)")
    parser.add_argument("--resume", action="store_true", help="go on with the run in the folder")
    setting = parser.add_argument_group("settings").add_argument
    setting(
        "--weights",
        metavar="W",
        help="begin with the .npz of an earlier run, or for resnet50v2 with `imagenet` or Keras's "
        ".h5 file of it (from nothing)",
    )
    setting(
        "--beginning-share",
        type=_number(float, 0, 1),
        metavar="S",
        help="how much of --weights is mixed into what is evaluated and kept, 0 to 1",
    )
    setting(
        "--teacher",
        dest="teachers",
        action="append",
        metavar="MODEL=NPZ",
        help="learn from this trained model too; may be given several times",
    )
    setting(
        "--teacher-share",
        type=_number(float, 0, 1),
        metavar="S",
        help="the teachers' share of a target, 0 to 1",
    )
    setting(
        "--drop-duplicates",
        action="store_true",
        default=None,
        help="every picture once; Training's copies go",
    )
    setting("--epochs", type=_number(int, 1, 10_000), metavar="N", help="passes over the faces")
    setting(
        "--patience",
        type=_number(int, 1, 10_000),
        metavar="N",
        help="end after so many epochs without a better top-1",
    )
    setting("--batch-size", type=_number(int, 1, 65_536), metavar="N", help="faces a step")
    setting("--learning-rate", type=_number(float, 1e-9, 10), metavar="R", help="its peak")
    setting("--label-smoothing", type=_number(float, 0, 0.99), metavar="S", help="0 to 0.99")
    setting(
        "--votes-share",
        type=_number(float, 0, 1),
        metavar="S",
        help=f"share of FER+'s votes in a target, 0 to 1 ({VOTES_SHARE} with --votes)",
    )
    setting(
        "--fade-epochs",
        type=_number(int, 0, 10_000),
        metavar="N",
        help="last epochs over which the augmentation fades away",
    )
    setting("--seed", type=_number(int, 0, 2**32 - 1), metavar="S", help="of every random draw")
    setting("--precision", type=_precision, metavar="P", help="float32 or mixed_bfloat16")


def run(arguments: argparse.Namespace) -> int:
    """Train to the end, or to a Ctrl-C that leaves the last whole checkpoint."""
    from training.architectures import check_architecture
    from training.checkpoint import RunFolder

    check_architecture(arguments.model)
    folder = RunFolder(arguments.run or Path("runs") / arguments.model)
    trainer = _prepare(arguments, folder, _config(arguments, folder))
    try:
        progress = trainer.run()
    except KeyboardInterrupt:
        print(f"\nmoodpi: stopped {_how_to_go_on(arguments, trainer)}", file=sys.stderr)
        return 128 + signal.SIGINT
    except MoodpiError as error:
        raise MoodpiError(f"{error}; stopped {_how_to_go_on(arguments, trainer)}") from error
    finally:
        trainer.draw_curves()
    half = folder.save_half()
    print(
        f"done: {progress.best:.2%} of the validation faces at best; weights in {folder.best}, "
        f"in float16 in {half}\nnext: moodpi export {arguments.model} "
        f"--weights {shlex.quote(str(folder.best))} --data {shlex.quote(str(arguments.data))}"
    )
    return EXIT_DONE


def _config(arguments: argparse.Namespace, folder: RunFolder) -> TrainingConfig:
    """The settings given, over those of the run that is resumed or over the defaults."""
    from training.config import TrainingConfig

    given = {name: getattr(arguments, name) for name in SETTINGS}
    given = {name: value for name, value in given.items() if value is not None}
    if "teachers" in given:
        given["teachers"] = tuple(given["teachers"])
    if arguments.resume:
        _, story = folder.load()
        config = replace(TrainingConfig.of(story["config"]), model=arguments.model, **given)
    else:
        folder.check_free()
        if arguments.votes:
            given.setdefault("votes_share", VOTES_SHARE)
        config = TrainingConfig(model=arguments.model, **given)
    if config.votes_share and not arguments.votes:
        raise UsageError(
            f"a votes share of {config.votes_share} needs FER+'s votes: give them by --votes CSV"
        )
    if config.beginning_share and not config.weights:
        raise UsageError(
            f"a beginning share of {config.beginning_share} needs what the run begins with: give "
            "an earlier run's .npz by --weights"
        )
    return config


def _prepare(arguments: argparse.Namespace, folder: RunFolder, config: TrainingConfig) -> Trainer:
    """The run's data, its model, and what they are in print."""
    from training.data.dataset import load_faces
    from training.data.faces import TRAINING, split_of, summary, validation_of, without_duplicates
    from training.quiet import import_keras

    splits = load_faces(arguments.data, arguments.votes)
    print("\n".join(summary(splits)))
    if config.drop_duplicates:
        splits = without_duplicates(splits)
    faces = split_of(splits, TRAINING, arguments.data)
    name, validation = validation_of(splits, arguments.data)
    if not arguments.resume:
        folder.begin()
    import_keras()
    from training.architectures import architecture
    from training.fit import Trainer

    trainer = Trainer(architecture(config.model), config, faces, validation, folder)
    if arguments.resume:
        trainer.resume()
    print(f"{len(faces)} faces to train on, {len(validation)} ({name}) to validate")
    print(f"run in {folder.path}")
    print(f"{trainer.model.count_params()} parameters")
    for name, value in asdict(config).items():
        print(f"  {name}: {value}")
    return trainer


def _how_to_go_on(arguments: argparse.Namespace, trainer: Trainer) -> str:
    done = trainer.progress.epochs_done
    if not done:
        return "before the first epoch ended: nothing to go on from"
    command = ["moodpi", "train", arguments.model, "--data", str(arguments.data)]
    for option in ("votes", "run"):
        if value := getattr(arguments, option):
            command += [f"--{option}", str(value)]
    return f"after epoch {done}: go on with `{shlex.join([*command, '--resume'])}`"


def _number(
    kind: type[int] | type[float], lowest: float, highest: float
) -> Callable[[str], int | float]:
    """An argparse type: a number of `kind` within the bounds, or a UsageError that states them."""

    def parse(text: str) -> int | float:
        try:
            value = kind(text)
        except ValueError:
            value = kind(lowest) - 1
        if not lowest <= value <= highest:
            name = "a whole number" if kind is int else "a number"
            raise UsageError(f"'{text}' will not do: expected {name} from {lowest} to {highest}")
        return value

    return parse


def _precision(text: str) -> str:
    from training.config import PRECISIONS

    if text not in PRECISIONS:
        raise UsageError(f"unknown precision '{text}': {did_you_mean(text, PRECISIONS)}")
    return text
