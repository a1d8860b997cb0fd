"""`moodpi train MODEL --data FER2013`: train a face-emotion model, with checkpoints."""

from __future__ import annotations

import argparse
import logging
import shlex
import signal
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodpi.cli.commands.train_options import (
    CONFIG_OPTIONS,
    DEFAULT_VOTES_SHARE,
    add_settings,
)
from moodpi.errors import EXIT_DONE, MoodpiError, UsageError, report
from moodpi.output import print_lines

if TYPE_CHECKING:
    from training.config import TrainingConfig
    from training.data.faces import Faces
    from training.fit import Trainer
    from training.run_folder import RunFolder

log = logging.getLogger(__name__)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options.

    A setting without an option has TrainingConfig's default, or with --resume the value of the run.
    """
    parser.add_argument(
        "model", metavar="MODEL", help="architecture: simple_cnn, resnet50v2 or wide_cnn"
    )
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="FER2013",
        help="fer2013.csv, plain or in .gz, .tar.gz, .zip, or a folder with train/CLASS/*.png",
    )
    parser.add_argument("--votes", type=Path, metavar="CSV", help="FER+ votes, one row per CSV row")
    parser.add_argument("--run", type=Path, metavar="DIR", help="run folder (default: runs/MODEL)")
    parser.add_argument("--resume", action="store_true", help="resume the run in the run folder")
    parser.add_argument(
        "--devices",
        choices=("one", "all"),
        default="one",
        help="all: share each batch out among all accelerators, with Keras on JAX (default: one)",
    )
    add_settings(parser)


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
        report(f"stopped {_resume_hint(arguments, trainer)}")
        return 128 + signal.SIGINT
    except MoodpiError as error:
        raise MoodpiError(
            f"{error}; stopped {_resume_hint(arguments, trainer)}", code=error.code
        ) from error
    finally:
        _save_learning_curves(trainer)
    float16 = folder.save_float16()
    best = folder.best_weights
    print_lines(
        f"done: best validation top-1 {progress.best:.2%}",
        f"weights: {best}, in float16 {float16}",
        *map(str, trainer.other_weights()),
        f"next: moodpi export {arguments.model} --name mine --weights {shlex.quote(str(best))} "
        f"--data {shlex.quote(str(arguments.data))}",
    )
    return EXIT_DONE


def _config(arguments: argparse.Namespace, folder: RunFolder) -> TrainingConfig:
    """The configuration: the options, over those of the resumed run or over the defaults."""
    from training.config import TrainingConfig

    options: dict[str, Any] = {name: getattr(arguments, name) for name in CONFIG_OPTIONS}
    options = {name: value for name, value in options.items() if value is not None}
    if "teachers" in options:
        options["teachers"] = tuple(options["teachers"])
    if "epochs" in options:
        if options.get("minutes"):
            raise UsageError(
                "--epochs and --minutes exclude each other: leave one out",
                code="epochs_and_minutes",
            )
        options["minutes"] = 0.0
    if arguments.resume:
        _, record = folder.load()
        saved = TrainingConfig.from_json(record["config"])
        config = replace(saved, model=arguments.model, **options)
    else:
        folder.check_unused()
        if arguments.votes:
            options.setdefault("votes_share", DEFAULT_VOTES_SHARE)
        config = TrainingConfig(model=arguments.model, **options)
    _check(config, arguments)
    return config


def _check(config: TrainingConfig, arguments: argparse.Namespace) -> None:
    """Raise UsageError if an option needs another one that is missing."""
    from training.data.face_sheets import is_sheets

    if config.votes_share and not arguments.votes and not is_sheets(arguments.data):
        raise UsageError(
            f"--votes-share {config.votes_share} needs the FER+ votes: add --votes CSV",
            code="votes_missing",
        )
    if config.initial_share and not config.weights:
        raise UsageError(
            f"--initial-share {config.initial_share} needs initial weights: add --weights with the "
            ".npz file of an earlier run",
            code="initial_weights_missing",
        )
    if config.fade_to and not config.fade_epochs:
        raise UsageError(
            f"--fade-to {config.fade_to} needs the number of epochs: add --fade-epochs N",
            code="fade_epochs_missing",
        )
    if config.peer_share != type(config).peer_share and not config.together:
        raise UsageError(
            f"--peer-share {config.peer_share} needs other networks: add --together MODEL",
            code="peers_missing",
        )


def _prepare(arguments: argparse.Namespace, folder: RunFolder, config: TrainingConfig) -> Trainer:
    """Load the data, build or restore the model, and print the data and model sizes."""
    from training.data.loading import check_source
    from training.keras_import import import_keras

    check_source(arguments.data)
    import_keras()
    from training.architectures import architecture
    from training.backend_joint_model import check_sharpness
    from training.data.noisy_faces import check_noise_reduction
    from training.devices import share_out_batches
    from training.fit import Trainer

    check_sharpness(config)
    if config.noisy_share:
        check_noise_reduction()
    if arguments.devices == "all":
        share_out_batches(config.batch_size)
    (name, validation), faces = _load_splits(arguments, config)
    if not arguments.resume:
        folder.create()

    trainer = Trainer(architecture(config.model), config, faces, validation, folder)
    if arguments.resume:
        trainer.resume()
    print_lines(
        f"{len(faces)} training faces, {len(validation)} validation faces ({name})",
        f"run folder: {folder.path}",
        f"{trainer.model.count_params()} parameters",
        *(f"  {field}: {value}" for field, value in asdict(config).items()),
    )
    return trainer


def _load_splits(
    arguments: argparse.Namespace, config: TrainingConfig
) -> tuple[tuple[str, Faces], Faces]:
    """The named validation split and the training faces. Prints a summary of all splits."""
    from training.data.duplicates import without_duplicates
    from training.data.faces import summary_lines
    from training.data.loading import load_faces
    from training.data.split_names import TRAINING
    from training.data.splits import require_split, validation_split

    splits = load_faces(arguments.data, arguments.votes)
    print_lines(*summary_lines(splits))
    if config.drop_duplicates:
        splits, contradictions = without_duplicates(splits)
        print_lines(*map(str, contradictions))
    faces = require_split(splits, TRAINING, arguments.data)
    return validation_split(splits, arguments.data), faces


def _save_learning_curves(trainer: Trainer) -> None:
    """Save the figure; a failure is a warning, because it must not hide how the run ended."""
    try:
        trainer.save_learning_curves()
    except (MoodpiError, ImportError) as error:
        log.warning("no learning curves: %s", error)


def _resume_hint(arguments: argparse.Namespace, trainer: Trainer) -> str:
    """When the run stopped and the command that resumes it."""
    done = trainer.progress.epochs_done
    if not done:
        return "before the end of the first epoch: there is no checkpoint to resume"
    command = ["moodpi", "train", arguments.model, "--data", str(arguments.data)]
    for option in ("votes", "run"):
        if value := getattr(arguments, option):
            command += [f"--{option}", str(value)]
    if arguments.devices != "one":
        command += ["--devices", arguments.devices]
    return f"after epoch {done}: resume with `{shlex.join([*command, '--resume'])}`"
