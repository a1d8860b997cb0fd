"""`moodpi evaluate MODEL --data FER2013`: the accuracy of a model or of one exported file."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.cli.commands.options import add_faces_options
from moodpi.errors import EXIT_DONE, UsageError
from moodpi.output import print_json, print_lines

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from training.data.faces import EvaluationFaces, Faces
    from training.evaluation.evaluated_model import EvaluatedModel
    from training.evaluation.metrics import Calibration, Evaluation

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
    parser.add_argument(
        "--detect",
        action="store_true",
        help="the data are photos in CLASS folders: find and crop faces as recommend does",
    )
    parser.add_argument(
        "--robustness",
        action="store_true",
        help="print the accuracy under noise, darkness, blur, rotation and other changes",
    )
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="plot figures into DIR")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Run the model on the faces; print its metrics or its robustness card."""
    from training.data.loading import check_source
    from training.evaluation.evaluated_model import EvaluatedModel
    from training.keras_import import import_keras

    model = EvaluatedModel.parse(arguments.model)
    check_source(arguments.data)
    if arguments.detect:
        return _photos(arguments, model)
    if model.needs_keras:
        import_keras()
    faces = load_evaluation_faces(arguments)
    if arguments.robustness:
        return _robustness(arguments, model, faces)
    return _evaluate(arguments, model, faces)


def _evaluate(arguments: argparse.Namespace, model: EvaluatedModel, faces: EvaluationFaces) -> int:
    from training.evaluation.metrics import evaluate, top1_estimate

    unseen = faces.unseen
    logits = model.logits(unseen.images)
    evaluation = evaluate(logits, unseen.labels, unseen.votes)
    mirrored = top1_estimate(model.mirror_averaged(logits, unseen.images), unseen.labels)
    literature = top1_estimate(model.logits(faces.all.images), faces.all.labels)
    if arguments.output:
        _draw(arguments.output, model.name, evaluation, logits, unseen)
    if arguments.json:
        print_json(
            {
                "model": model.name,
                "split": faces.split,
                **evaluation.to_json(),
                "mirror_averaged_top1": asdict(mirrored),
                "literature": {"faces": len(faces.all), "top1": asdict(literature)},
            }
        )
        return EXIT_DONE
    print_lines(
        f"{model.name} on {evaluation.faces} unseen faces of {faces.split}"
        f"{bias_warning(faces.split)}",
        f"  top-1     {evaluation.top1}",
        f"  top-1     {mirrored}, mean over a face and its mirror image",
        f"  top-1     {literature}, on all {len(faces.all)} faces as in papers",
        *_lines(evaluation),
    )
    return EXIT_DONE


def _robustness(
    arguments: argparse.Namespace, model: EvaluatedModel, faces: EvaluationFaces
) -> int:
    from training.evaluation.robustness import measure_robustness

    card = measure_robustness(model.logits, faces.unseen)
    if arguments.output:
        from moodpi.files import write_atomic
        from training.evaluation.robustness_figure import draw_robustness

        write_atomic({arguments.output / "robustness.png": draw_robustness(model.name, card)})
    if arguments.json:
        print_json({"model": model.name, "split": faces.split, **card.to_json()})
    else:
        print_lines(f"{model.name} on unseen faces of {faces.split}", "", *card.markdown())
    return EXIT_DONE


def _photos(arguments: argparse.Namespace, model: EvaluatedModel) -> int:
    """Evaluate the exported file of the model on whole photos, as `moodpi recommend` runs it."""
    from edge.photos.decoder import PhotoDecoder
    from edge.photos.limits import FILE_LIMITS
    from edge.runtimes import load_runtime
    from edge.vision.classifier import EmotionClassifier
    from edge.vision.mirror import MirrorAveragingClassifier
    from edge.vision.photo_pipeline import PhotoPipeline
    from edge.vision.photo_search import PhotoSearch
    from training.evaluation.photos import evaluate_photos, total

    if not arguments.data.is_dir() or not model.timed_format:
        raise UsageError(
            "--detect needs a folder of photos, --data FOLDER with CLASS/*.jpg, and an installed "
            "model or an exported file",
            code="detect_needs_photos",
        )
    runtime = load_runtime(model.exported[model.timed_format])
    classifier = MirrorAveragingClassifier(EmotionClassifier(runtime))
    with PhotoDecoder(FILE_LIMITS) as decoder:
        pipeline = PhotoPipeline(classifier, PhotoSearch.load())
        counts = evaluate_photos(arguments.data, pipeline, decoder)
    whole = total(counts)
    if arguments.json:
        classes = {emotion: each.to_json() for emotion, each in counts.items()}
        print_json({"model": model.name, **whole.to_json(), "classes": classes})
        return EXIT_DONE
    print_lines(
        f"{model.name} on {whole.photos} photos, as `moodpi classify` answers",
        f"  face found  {whole.found} of {whole.photos}",
        f"  top-1       {whole.top1:.1%} of all, {whole.top1_of_found:.1%} of those with a face",
        *(
            f"  {emotion:<10}{each.correct:>5} of {each.photos}, face found in {each.found}"
            for emotion, each in counts.items()
        ),
    )
    return EXIT_DONE


def load_evaluation_faces(arguments: argparse.Namespace) -> EvaluationFaces:
    """The faces of --split; without that option, of the only or of the validation split.

    Prints a summary of all splits, except with --json.
    """
    from training.data.duplicates import unseen_rows
    from training.data.faces import EvaluationFaces, summary_lines
    from training.data.loading import load_splits
    from training.data.splits import evaluation_split

    read = load_splits(arguments.data, arguments.votes)
    name, splits = evaluation_split(read, arguments.split, arguments.data)
    faces = splits[name]
    if not arguments.json:
        print_lines(*summary_lines(splits), "")
    return EvaluationFaces(name, faces.rows(unseen_rows(splits, name)), faces)


def bias_warning(split: str) -> str:
    """A warning for splits on which the metrics are biased; empty for the others."""
    if split == "Training":
        return " (much too optimistic for a model trained on it)"
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


def _calibration_text(calibration: Calibration) -> str:
    if not calibration.temperature:
        return f"{calibration.before:.3f}; too few faces to fit a temperature"
    return (
        f"{calibration.before:.3f}; {calibration.after:.3f} at temperature "
        f"{calibration.temperature:.3f} (fitted on one half, measured on the other)"
    )


def _lines(evaluation: Evaluation) -> list[str]:
    calibration = evaluation.calibration
    lines = [
        f"  top-2     {evaluation.top2}",
        f"  macro F1  {evaluation.macro_f1}",
        *(f"  top-1, {name:<15}{share}" for name, share in evaluation.top1_by_reference.items()),
        f"  calibration error {_calibration_text(calibration)}",
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
