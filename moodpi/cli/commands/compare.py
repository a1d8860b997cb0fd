"""`moodpi compare MODEL MODEL...`: models side by side on the same faces."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from moodpi.cli.commands.evaluate import caveat, read_faces
from moodpi.cli.commands.options import add_faces_options
from moodpi.errors import EXIT_DONE, UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "subjects",
        nargs="+",
        metavar="MODEL",
        help="two or more: models, MODEL=WEIGHTS.npz of runs, .tflite or .onnx files",
    )
    add_faces_options(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="draw figures into it")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="one JSON document on stdout")
    shape.add_argument("--markdown", action="store_true", help="a table for a README")


def run(arguments: argparse.Namespace) -> int:
    """Run every model over the faces; print the table, and who differs from whom."""
    from training.evaluation.subject import Subject
    from training.quiet import import_keras

    if len(arguments.subjects) < 2:
        raise UsageError("one model cannot be compared: give two or more, or `moodpi evaluate`")
    subjects = [Subject.named(text) for text in arguments.subjects]
    split, faces = read_faces(arguments)
    import_keras()
    from training.evaluation.comparison import compare

    found = compare(subjects, faces)
    if arguments.output:
        found.draw(arguments.output)
    if arguments.json:
        print(json.dumps({"split": split, **found.as_json()}, indent=1))
        return EXIT_DONE
    print(f"{len(faces)} faces of {split}{caveat(split)}\n")
    print("\n".join(found.markdown() if arguments.markdown else found.table()))
    return EXIT_DONE
