"""`moodpi classify`: the emotion of every face in one or many images."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.commands.options import add_model_options, expand_images
from moodpi.errors import EXIT_DONE, EXIT_FAILED, MoodpiError, report

if TYPE_CHECKING:
    from edge.face_reader import FaceReading


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
    from edge.classifier import EmotionClassifier
    from edge.face_reader import FaceReader, read_crop
    from edge.faces import HaarFaceDetector
    from edge.photo import read_photo

    images = expand_images(arguments.images)
    classifier = EmotionClassifier.load(arguments.model, arguments.format)
    reader = None if arguments.no_detect else FaceReader(classifier, HaarFaceDetector())
    results: list[dict[str, object]] = []
    failed = False
    for image in images:
        result: dict[str, object] = {"image": str(image)}
        try:
            grey = read_photo(image)
            faces = reader.read(grey) if reader else [read_crop(classifier, grey)]
            result["faces"] = [face.to_json() for face in faces]
            if not arguments.json:
                _print_faces(image, faces)
        except MoodpiError as error:
            failed = True
            result["error"] = str(error)
            report(str(error))
        results.append(result)
    if arguments.json:
        print(json.dumps(results, ensure_ascii=False, indent=1))
    return EXIT_FAILED if failed else EXIT_DONE


def _print_faces(image: Path, faces: list[FaceReading]) -> None:
    if not faces:
        print(f"{image}: no face found")
    for face in faces:
        place = (
            "the whole image"
            if face.box is None
            else "face at x {}, y {}, {} x {}".format(*face.box)
        )
        print(f"{image}: {face.emotion} {face.confidence:.0%}  ({place})")
