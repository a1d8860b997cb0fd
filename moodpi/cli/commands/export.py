"""`moodpi export MODEL --data FER2013`: export trained weights to TFLite and ONNX."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.errors import EXIT_DONE, EXIT_FAILED
from moodpi.output import print_lines

if TYPE_CHECKING:
    from convert.export import ExportReport, FormatResult


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("model", metavar="MODEL", help="architecture: simple_cnn or resnet50v2")
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
        required=True,
        metavar="FER2013",
        help="as for train; Training is used for calibration, PublicTest for accuracy",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="DIR",
        help="models folder (default: the one of moodpi)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Export, then print one row per format; exit code 1 if a format failed or was rejected."""
    from convert.formats import FORMATS, check_formats
    from convert.trained_weights import TrainedWeights
    from models.artefact import WEIGHTS
    from models.registry import MODELS_FOLDER
    from training.architectures import check_architecture
    from training.data.faces import TRAINING, require_split, validation_split
    from training.data.loading import load_faces
    from training.keras_import import import_keras

    model = check_architecture(arguments.model)
    names = FORMATS if arguments.formats is None else arguments.formats.split(",")
    formats = check_formats(name.strip() for name in names)
    weights = TrainedWeights.read(arguments.weights or MODELS_FOLDER / model / WEIGHTS)
    splits = load_faces(arguments.data)
    require_split(splits, TRAINING, arguments.data)
    validation_split(splits, arguments.data)
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import_keras()
    from convert.export import export_model

    report = export_model(model, formats, weights, splits, arguments.output or MODELS_FOLDER)
    _print(model, weights.path, report)
    return EXIT_FAILED if any(result.failure for result in report.results) else EXIT_DONE


def _print(model: str, weights: Path, report: ExportReport) -> None:
    temperature = report.temperature
    print_lines(
        f"{model} from {weights}: {report.keras_top1:.2%} top-1 in Keras, float32",
        f"temperature {temperature.value:.3f}: calibration error {temperature.error_before:.3f} "
        f"without, {temperature.error_after:.3f} with it (fitted on one half of the validation "
        "split, measured on the other)",
        f"{'format':<16}{'size':>9}{'top-1':>9}{'agreement':>11}{'largest diff.':>15}{'ECE':>7}  "
        "status",
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
        return f"{'-':>9}{'-':>9}{'-':>11}{'-':>15}{'-':>7}"
    accuracy = result.accuracy
    return (
        f"{len(result.content) / 1e6:>6.2f} MB{accuracy.top1:>9.2%}"
        f"{accuracy.agreement_with_keras:>11.2%}"
        f"{accuracy.largest_difference:>15.4f}{accuracy.calibration_error:>7.3f}"
    )
