"""`moodpi evaluate MODEL --data FER2013`: the accuracy of a model or of one exported file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.cli.commands.options import add_faces_options
from moodpi.errors import EXIT_DONE
from moodpi.output import print_json, print_lines

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from training.data.faces import Faces
    from training.evaluation.metrics import Evaluation

# The most frequent predictions that the table lists for each emotion.
MAX_PREDICTIONS = 4


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "model",
        nargs="?",
        default="simple_cnn",
        metavar="MODEL",
        help="model, MODEL=WEIGHTS.npz of a run, .tflite or .onnx file (default: %(default)s)",
    )
    add_faces_options(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="plot figures into DIR")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Run the model on the faces and print its metrics."""
    from training.data.loading import check_source
    from training.evaluation.evaluated_model import EvaluatedModel
    from training.keras_import import import_keras

    model = EvaluatedModel.parse(arguments.model)
    check_source(arguments.data)
    if model.needs_keras:
        import_keras()
    from training.evaluation.metrics import evaluate

    split, faces = load_split(arguments)

    logits = model.logits(faces.images)
    evaluation = evaluate(logits, faces.labels, faces.votes)
    if arguments.output:
        _draw(arguments.output, model.name, evaluation, logits, faces)
    if arguments.json:
        print_json({"model": model.name, "split": split, **evaluation.to_json()})
    else:
        print_lines(
            f"{model.name} on {evaluation.faces} faces of {split}{bias_warning(split)}",
            *_lines(evaluation),
        )
    return EXIT_DONE


def load_split(arguments: argparse.Namespace) -> tuple[str, Faces]:
    """The name and faces of --split, or of the validation split without that option.

    Prints a summary of all splits, except with --json.
    """
    from training.data.faces import require_split, summary_lines, validation_split
    from training.data.loading import load_faces

    splits = load_faces(arguments.data, arguments.votes)
    if arguments.split:
        name, faces = arguments.split, require_split(splits, arguments.split, arguments.data)
    else:
        name, faces = validation_split(splits, arguments.data)
    if not arguments.json:
        print_lines(*summary_lines(splits), "")
    return name, faces


def bias_warning(split: str) -> str:
    """A warning for splits on which the metrics are biased; empty for the others."""
    if split == "Training":
        return " (training data: much too optimistic)"
    chose_epoch = split in ("PublicTest", "Validation")
    return " (the split that chose the epoch: slightly optimistic)" if chose_epoch else ""


def _draw(
    folder: Path,
    name: str,
    evaluation: Evaluation,
    logits: NDArray[np.float32],
    faces: Faces,
) -> None:
    from moodpi.files import write_atomic
    from training.evaluation.figures import draw_classes, draw_confusions, draw_reliability
    from training.evaluation.temperature import stratified_halves

    # The half that the temperature was not fitted on.
    _, report = stratified_halves(faces.labels)
    evaluations = {name: evaluation}
    write_atomic(
        {
            folder / "confusion.png": draw_confusions(evaluations),
            folder / "classes.png": draw_classes(evaluations),
            folder / "reliability.png": draw_reliability(
                logits[report], faces.labels[report], evaluation.calibration.temperature
            ),
        }
    )


def _lines(evaluation: Evaluation) -> list[str]:
    calibration = evaluation.calibration
    lines = [
        f"  top-1     {evaluation.top1}",
        f"  top-2     {evaluation.top2}",
        f"  macro F1  {evaluation.macro_f1}",
        *(f"  top-1, {name:<15}{share}" for name, share in evaluation.top1_by_reference.items()),
        (
            f"  calibration error {calibration.before:.3f}; {calibration.after:.3f} at temperature "
            f"{calibration.temperature:.3f} (fitted on one half, measured on the other)"
        ),
        "",
        f"  {'':<10}{'faces':>6}{'precision':>11}{'recall':>8}{'F1':>7}   predictions",
    ]
    names = list(evaluation.classes)
    for row, (emotion, metrics) in zip(
        evaluation.confusion, evaluation.classes.items(), strict=True
    ):
        counts = sorted(zip(row, names, strict=True), reverse=True)[:MAX_PREDICTIONS]
        predictions = ", ".join(f"{name} {count}" for count, name in counts if count)
        lines.append(
            f"  {emotion:<10}{metrics.faces:>6}{metrics.precision:>11.1%}{metrics.recall:>8.1%}"
            f"{metrics.f1:>7.2f}   {predictions}"
        )
    return lines
