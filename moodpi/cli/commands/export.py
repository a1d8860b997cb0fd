"""`moodpi export MODEL --data FER2013`: export trained weights to TFLite and ONNX."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.errors import EXIT_DONE, EXIT_FAILED, UsageError
from moodpi.output import print_lines
from moodpi.text import quoted

if TYPE_CHECKING:
    from convert.export import ExportReport
    from convert.formats import FormatResult
    from convert.installation import Destination

NAME = re.compile("[a-z0-9][a-z0-9_-]{0,31}")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "model", metavar="MODEL", help="architecture: simple_cnn, resnet50v2 or wide_cnn"
    )
    parser.add_argument(
        "--formats",
        metavar="F,...",
        help="formats, separated by commas (default: all: float32.tflite, float16.tflite, "
        "dynamic.tflite, int8.tflite, float32.onnx, int8.onnx)",
    )
    parser.add_argument(
        "--weights",
        type=Path,
        metavar="NPZ",
        help="best.npz of a run (default: weights.f16.npz of the model)",
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FER2013",
        help="as for train; Training is used for calibration, PublicTest for accuracy",
    )
    _add_destination(parser)


def _add_destination(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="DIR",
        help="models folder (default: moodpi's; with --name, the user's)",
    )
    parser.add_argument(
        "--name",
        metavar="NAME",
        help="install a model of your own, for `--model NAME` (default: MODEL)",
    )
    parser.add_argument(
        "--replace", action="store_true", help="replace an installed model that is better"
    )
    parser.add_argument(
        "--restore",
        action="store_true",
        help="install the model again that the last export replaced; needs no --data",
    )


def run(arguments: argparse.Namespace) -> int:
    """Export, then print one row per format; exit code 1 if a format failed or was rejected."""
    from training.architectures import check_architecture

    model = check_architecture(arguments.model)
    destination = _destination(arguments)
    if arguments.restore:
        return _restore(destination)
    if arguments.data is None:
        raise UsageError("--data is missing: name FER2013's CSV or folder", code="data_missing")
    return _export(arguments, model, destination)


def _destination(arguments: argparse.Namespace) -> Destination:
    """The folder and the name. Raises UsageError for a name that is not allowed."""
    from convert.installation import Destination
    from models.registry import MODELS_FOLDER, Registry
    from moodpi.paths import models_folder
    from training.architectures import ARCHITECTURES

    name = arguments.name
    if name is None:
        return Destination(
            arguments.output or MODELS_FOLDER, arguments.model, replace=arguments.replace
        )
    reserved = {*ARCHITECTURES, *Registry(MODELS_FOLDER).models()}
    if name in reserved or not NAME.fullmatch(name):
        raise UsageError(
            f"--name {quoted(name)}: expected up to 32 of a-z, 0-9, _ and -, and none of moodpi's "
            f"models {', '.join(sorted(reserved))}",
            code="invalid_name",
        )
    return Destination(arguments.output or models_folder(), name, replace=arguments.replace)


def _restore(destination: Destination) -> int:
    from convert.previous import restore

    restore(destination.folder, destination.name)
    print_lines(f"{destination.name} in {destination.folder} is the previous model again")
    return EXIT_DONE


def _export(arguments: argparse.Namespace, model: str, destination: Destination) -> int:
    from convert.formats import FORMATS, check_formats
    from convert.trained_weights import TrainedWeights
    from models.artefact import WEIGHTS
    from models.registry import MODELS_FOLDER
    from training.data.loading import check_source, load_faces
    from training.data.split_names import TRAINING
    from training.data.splits import require_split, validation_split
    from training.keras_import import import_keras

    names = FORMATS if arguments.formats is None else arguments.formats.split(",")
    formats = check_formats(name.strip() for name in names)
    weights = TrainedWeights.read(arguments.weights or MODELS_FOLDER / model / WEIGHTS)
    check_source(arguments.data)
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import_keras()
    from convert.export import export_model

    splits = load_faces(arguments.data)
    require_split(splits, TRAINING, arguments.data)
    validation_split(splits, arguments.data)
    report = export_model(model, formats, weights, splits, destination)
    _print(destination.name, weights.path, report)
    return EXIT_FAILED if any(result.failure for result in report.results) else EXIT_DONE


def _print(model: str, weights: Path, report: ExportReport) -> None:
    temperature = report.temperature
    print_lines(
        f"{model} from {weights}: {report.keras_top1:.2%} top-1 in Keras, float32",
        f"temperature {temperature.value:.3f}: calibration error {temperature.error_before:.3f} "
        f"without, {temperature.error_after:.3f} with it (fitted on one half of the validation "
        "split, measured on the other)",
        f"{'format':<16}{'size':>9}{'unseen':>9}{'top-1':>9}{'agreement':>11}"
        f"{'largest diff.':>15}{'ECE':>7}  status",
    )
    for result in report.results:
        print_lines(f"{result.name:<16}{_metrics(result)}  {result.failure or 'ok'}")
    for result in report.results:
        if result.operators:
            counts = ", ".join(f"{count} {name}" for name, count in result.operators.items())
            print_lines(f"  {result.name}: {counts}")
    if not all(result.failure for result in report.results):
        print_lines(f"installed in {report.folder / model}")


def _metrics(result: FormatResult) -> str:
    if result.accuracy is None:
        return f"{'-':>9}{'-':>9}{'-':>9}{'-':>11}{'-':>15}{'-':>7}"
    accuracy = result.accuracy
    return (
        f"{len(result.content) / 1e6:>6.2f} MB{accuracy.unseen_top1:>9.2%}{accuracy.top1:>9.2%}"
        f"{accuracy.agreement_with_keras:>11.2%}"
        f"{accuracy.largest_difference:>15.4f}{accuracy.calibration_error:>7.3f}"
    )
