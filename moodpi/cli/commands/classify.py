"""`moodpi classify`: the emotion of every face in images and folders."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.cli.commands.options import (
    add_config_option,
    add_mirror_option,
    add_model_options,
    model_overrides,
)
from moodpi.errors import EXIT_DONE, EXIT_FAILED, MoodpiError, report
from moodpi.output import print_json, print_lines

if TYPE_CHECKING:
    from edge.photos.decoder import PhotoDecoder
    from edge.vision.classified_face import ClassifiedFace

log = logging.getLogger(__name__)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "images", nargs="+", type=Path, metavar="IMAGE", help="an image, or a folder of images"
    )
    parser.add_argument(
        "--no-detect",
        action="store_true",
        help="classify each image as a whole; for images that are face crops",
    )
    add_model_options(parser)
    add_mirror_option(parser)
    add_config_option(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON list")


def run(arguments: argparse.Namespace) -> int:
    """Classify every image. One that cannot be read is reported; the others are classified."""
    from edge.photos.decoder import PhotoDecoder
    from edge.photos.limits import FILE_LIMITS

    results: list[dict[str, object]] = []
    with PhotoDecoder(FILE_LIMITS) as decoder:
        # The decoder loads its libraries while this process loads its own and the model.
        decoder.start()
        classify = _image_classifier(arguments, decoder)
        for image, result in _classify_all(arguments.images, classify):
            if isinstance(result, MoodpiError):
                results.append({"image": str(image), "error": str(result)})
                report(str(result))
            else:
                results.append({"image": str(image), "faces": [face.to_json() for face in result]})
                if not arguments.json:
                    _print_faces(image, result)
    if arguments.json:
        print_json(results)
    without_face = sum(result.get("faces") == [] for result in results)
    if without_face:
        log.info(
            "%d of %d images show no face; if they are face crops, add --no-detect",
            without_face,
            len(results),
        )
    return EXIT_FAILED if any("error" in result for result in results) else EXIT_DONE


def _image_classifier(
    arguments: argparse.Namespace, decoder: PhotoDecoder
) -> Callable[[Path], list[ClassifiedFace]]:
    """A function that returns the classified faces of an image file."""
    from edge.config.load import load_config
    from edge.photos.photo import read_photo
    from edge.vision.classified_face import classify_crop
    from edge.vision.mirror import photo_classifier
    from edge.vision.photo_pipeline import PhotoPipeline
    from edge.vision.photo_search import PhotoSearch

    config = load_config(arguments.config).override(model_overrides(arguments))
    classifier = photo_classifier(config, mirror=arguments.mirror)
    if arguments.no_detect:
        return lambda image: [classify_crop(classifier, read_photo(image, decoder))]
    pipeline = PhotoPipeline(classifier, PhotoSearch.load())
    return lambda image: pipeline.analyse(read_photo(image, decoder))


def _classify_all(
    paths: list[Path], classify: Callable[[Path], list[ClassifiedFace]]
) -> Iterator[tuple[Path, list[ClassifiedFace] | MoodpiError]]:
    """Every image of the files and folders, with its faces or the error that it caused."""
    from edge.sources.image_files import list_names, pictures_at

    for path in paths:
        try:
            images = pictures_at(path)
        except MoodpiError as error:
            yield path, error
            continue
        unreadable = []
        for image in images:
            try:
                yield image, classify(image)
            except MoodpiError as error:
                unreadable.append(image)
                yield image, error
        if unreadable and images != [path]:
            counts = f"{len(unreadable)} of {len(images)} pictures cannot be read"
            report(f"{path}: {counts}: {list_names(unreadable)}")


def _print_faces(image: Path, faces: list[ClassifiedFace]) -> None:
    if not faces:
        print_lines(f"{image}: no face found")
    for face in faces:
        position = (
            "the whole image"
            if face.box is None
            else "face at x {}, y {}, {} x {}".format(*face.box)
        )
        how = ", ".join(filter(None, (position, str(face.search))))
        print_lines(f"{image}: {face.emotion} {face.confidence:.0%}  ({how})")
