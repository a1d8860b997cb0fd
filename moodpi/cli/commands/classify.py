"""`moodpi classify`: the emotion of every face in one or many images."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.cli.commands.options import add_model_options
from moodpi.errors import EXIT_DONE, EXIT_FAILED, MoodpiError, report

if TYPE_CHECKING:
    from edge.vision.classified_face import ClassifiedFace


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "images", nargs="+", type=Path, metavar="IMAGE", help="a picture, or a folder of pictures"
    )
    parser.add_argument(
        "--no-detect",
        action="store_true",
        help="each image is already a face crop: classify it whole",
    )
    add_model_options(parser)
    parser.add_argument("--json", action="store_true", help="one JSON list on stdout")


def run(arguments: argparse.Namespace) -> int:
    """Classify every image; one that cannot be read is reported and the others are done."""
    results: list[dict[str, object]] = []
    for image, outcome in _readings(arguments.images, _reader(arguments)):
        if isinstance(outcome, MoodpiError):
            results.append({"image": str(image), "error": str(outcome)})
            report(str(outcome))
        else:
            results.append({"image": str(image), "faces": [face.to_json() for face in outcome]})
            if not arguments.json:
                _print_faces(image, outcome)
    if arguments.json:
        print(json.dumps(results, ensure_ascii=False, indent=1))
    return EXIT_FAILED if any("error" in result for result in results) else EXIT_DONE


def _reader(arguments: argparse.Namespace) -> Callable[[Path], list[ClassifiedFace]]:
    """What turns an image file into its faces, as the options ask."""
    from edge.vision.classified_face import classify_crop
    from edge.vision.classifier import EmotionClassifier
    from edge.vision.detector import HaarFaceDetector
    from edge.vision.photo import read_photo
    from edge.vision.photo_pipeline import PhotoPipeline

    classifier = EmotionClassifier.load(arguments.model, arguments.format)
    if arguments.no_detect:
        return lambda image: [classify_crop(classifier, read_photo(image))]
    pipeline = PhotoPipeline(classifier, HaarFaceDetector())
    return lambda image: pipeline.analyse(read_photo(image))


def _readings(
    paths: list[Path], read: Callable[[Path], list[ClassifiedFace]]
) -> Iterator[tuple[Path, list[ClassifiedFace] | MoodpiError]]:
    """Every image with its faces, or with what is wrong with it."""
    from edge.sources.image_files import pictures_at

    for path in paths:
        try:
            images = pictures_at(path)
        except MoodpiError as error:
            yield path, error
            continue
        for image in images:
            try:
                yield image, read(image)
            except MoodpiError as error:
                yield image, error


def _print_faces(image: Path, faces: list[ClassifiedFace]) -> None:
    if not faces:
        print(f"{image}: no face found")
    for face in faces:
        place = (
            "the whole image"
            if face.box is None
            else "face at x {}, y {}, {} x {}".format(*face.box)
        )
        print(f"{image}: {face.emotion} {face.confidence:.0%}  ({place})")
