"""`moodpi evaluate MODEL --data FER2013`: how well a model, or one exported file, names faces."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.cli.commands.options import add_faces_options
from moodpi.errors import EXIT_DONE

if TYPE_CHECKING:
    from training.data.faces import Faces
    from training.evaluation.metrics import Evaluation


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "subject",
        nargs="?",
        default="simple_cnn",
        metavar="MODEL",
        help="a model, MODEL=WEIGHTS.npz of a run, or a .tflite or .onnx file (%(default)s)",
    )
    add_faces_options(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="draw figures into it")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")


def run(arguments: argparse.Namespace) -> int:
    """Run the model over the faces and print what came of it."""
    from training.evaluation.subject import Subject
    from training.quiet import import_keras

    subject = Subject.named(arguments.subject)
    split, faces = read_faces(arguments)
    import_keras()
    from training.evaluation.metrics import evaluate

    logits = subject.logits(faces.images)
    found = evaluate(logits, faces.labels, faces.votes)
    if arguments.output:
        from moodpi.files import write_atomic
        from training.evaluation.figures import draw_classes, draw_confusions, draw_reliability
        from training.evaluation.temperature import seeded_half

        # Of the half that the temperature was not fitted on.
        _, told = seeded_half(faces.labels)
        named = {subject.name: found}
        write_atomic(
            {
                arguments.output / "confusion.png": draw_confusions(named),
                arguments.output / "classes.png": draw_classes(named),
                arguments.output / "reliability.png": draw_reliability(
                    logits[told], faces.labels[told], found.calibration.temperature
                ),
            }
        )
    if arguments.json:
        document = {"subject": subject.name, "split": split, **found.as_json()}
        print(json.dumps(document, indent=1))
    else:
        print(f"{subject.name} on {found.faces} faces of {split}{caveat(split)}")
        print("\n".join(_lines(found)))
    return EXIT_DONE


def read_faces(arguments: argparse.Namespace) -> tuple[str, Faces]:
    """The split that is asked for, or the one for validation, by name and with its faces.

    People are told first what there is.
    """
    from training.data.dataset import load_faces
    from training.data.faces import split_of, summary, validation_of

    splits = load_faces(arguments.data, arguments.votes)
    if arguments.split:
        name, faces = arguments.split, split_of(splits, arguments.split, arguments.data)
    else:
        name, faces = validation_of(splits, arguments.data)
    if not arguments.json:
        print("\n".join(summary(splits)), end="\n\n")
    return name, faces


def caveat(split: str) -> str:
    """What must be said of figures on a split that chose the model."""
    if split == "Training":
        return ", which the model has learned: far too kind"
    chose = split in ("PublicTest", "Validation")
    return ", the split that chose the epoch: a little kind" if chose else ""


def _lines(found: Evaluation) -> list[str]:
    calibration = found.calibration
    lines = [
        f"  top-1     {found.top1}",
        f"  top-2     {found.top2}",
        f"  macro F1  {found.macro_f1}",
        *(f"  {way:<18}{share}" for way, share in found.three_ways.items()),
        (
            f"  calibration error {calibration.before:.3f}; {calibration.after:.3f} at temperature "
            f"{calibration.temperature:.3f} (fitted on one half, told of the other)"
        ),
        "",
        f"  {'':<10}{'faces':>6}{'precision':>11}{'recall':>8}{'F1':>7}   taken for",
    ]
    names = list(found.classes)
    for row, (emotion, figures) in zip(found.confusion, found.classes.items(), strict=True):
        taken = sorted(zip(row, names, strict=True), reverse=True)
        told = ", ".join(f"{name} {count}" for count, name in taken[:4] if count)
        lines.append(
            f"  {emotion:<10}{figures.faces:>6}{figures.precision:>11.1%}{figures.recall:>8.1%}"
            f"{figures.f1:>7.2f}   {told}"
        )
    return lines
