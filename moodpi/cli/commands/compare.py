"""`moodpi compare MODEL MODEL...`: compare models on the same faces."""

from __future__ import annotations

import argparse
from pathlib import Path

from moodpi.cli.commands.evaluate import bias_warning, load_evaluation_faces
from moodpi.cli.commands.options import add_faces_options
from moodpi.errors import EXIT_DONE, UsageError
from moodpi.output import print_json, print_lines
from moodpi.text import quoted


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "models",
        nargs="+",
        metavar="MODEL",
        help="two or more: models, MODEL=WEIGHTS.npz of runs, .tflite or .onnx files",
    )
    add_faces_options(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="plot figures into DIR")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON document")
    output.add_argument("--markdown", action="store_true", help="print the table in Markdown")


def run(arguments: argparse.Namespace) -> int:
    """Run every model on the faces; print the table and the differences between the models."""
    from training.data.loading import check_source
    from training.evaluation.evaluated_model import EvaluatedModel
    from training.keras_import import import_keras

    if len(arguments.models) < 2:
        raise UsageError(
            "cannot compare one model: name two or more, or use `moodpi evaluate`",
            code="one_model",
        )
    if repeated := next((m for m in arguments.models if arguments.models.count(m) > 1), None):
        raise UsageError(f"cannot compare {quoted(repeated)} with itself", code="same_model")
    models = [EvaluatedModel.parse(text) for text in arguments.models]
    check_source(arguments.data)
    import_keras()
    faces = load_evaluation_faces(arguments)
    from training.evaluation.comparison import compare

    comparison = compare(models, faces)
    if arguments.output:
        comparison.draw(arguments.output)
    if arguments.json:
        print_json({"split": faces.split, **comparison.to_json()})
        return EXIT_DONE
    print_lines(f"{len(faces.unseen)} unseen faces of {faces.split}{bias_warning(faces.split)}", "")
    print_lines(*(comparison.markdown() if arguments.markdown else comparison.table()))
    return EXIT_DONE
