"""`moodpi export MODEL --data FER2013.csv[.gz]`: quantize trained weights, measure the files."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.errors import EXIT_DONE, EXIT_FAILED

if TYPE_CHECKING:
    from convert.export import Report


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("model", metavar="MODEL", help="architecture: simple_cnn")
    parser.add_argument(
        "--formats",
        default="int8.tflite",
        metavar="F,...",
        help="what to export to, separated by commas (%(default)s)",
    )
    parser.add_argument(
        "--weights",
        type=Path,
        metavar="NPZ",
        help="best.npz of a run (the weights.f16.npz of the models folder)",
    )
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="CSV",
        help="FER2013, plain or .gz: Training to calibrate, PublicTest to measure",
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="DIR", help="models folder (moodpi's own)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Export, then print one row a format."""
    from convert.formats import check_formats
    from convert.manifest import WEIGHTS
    from convert.trained_weights import TrainedWeights
    from models.registry import MODELS_FOLDER
    from training.architectures import check_architecture
    from training.dataset import load_fer2013, split_of
    from training.quiet import import_keras

    model = check_architecture(arguments.model)
    formats = check_formats(name.strip() for name in arguments.formats.split(","))
    weights = TrainedWeights.read(arguments.weights or MODELS_FOLDER / model / WEIGHTS)
    splits = load_fer2013(arguments.data)
    for usage in ("Training", "PublicTest"):
        split_of(splits, usage, arguments.data)
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import_keras()
    from convert.export import export_model

    report = export_model(model, formats, weights, splits, arguments.output or MODELS_FOLDER)
    _print(model, weights.path, report)
    return EXIT_DONE if all(row.accuracy for row in report.rows) else EXIT_FAILED


def _print(model: str, weights: Path, report: Report) -> None:
    print(f"{model} from {weights}: {report.keras_top1:.2%} top-1 in Keras, float32")
    print(f"{'format':<16}{'size':>9}{'top-1':>9}{'agreement':>11}  status")
    for row in report.rows:
        if row.accuracy:
            size, score = f"{len(row.content) / 1e6:.2f} MB", f"{row.accuracy.top1:.2%}"
            agreement = f"{row.accuracy.agreement_with_keras:.2%}"
        else:
            size = score = agreement = "-"
        print(f"{row.name:<16}{size:>9}{score:>9}{agreement:>11}  {report.status(row)}")
    if any(row.accuracy for row in report.rows):
        print(f"written to {report.folder / model}")
