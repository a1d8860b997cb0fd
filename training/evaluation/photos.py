"""The whole chain on photos in class folders: decoding, detection, crop and classification."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edge.photos.decoder import PhotoDecoder
from edge.photos.photo import read_photo
from edge.vision.photo_pipeline import PhotoPipeline
from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError
from training.data.class_folders import find_images

log = logging.getLogger(__name__)


@dataclass
class PhotoCounts:
    """Numbers of photos: all, with a face that was found, and classified correctly."""

    photos: int = 0
    found: int = 0
    correct: int = 0

    @property
    def top1(self) -> float:
        """The share of all photos that are classified correctly, 0 to 1."""
        return self.correct / self.photos if self.photos else 0.0

    @property
    def top1_of_found(self) -> float:
        """The same share of the photos with a face that was found."""
        return self.correct / self.found if self.found else 0.0

    def to_json(self) -> dict[str, Any]:
        """The counts as JSON values."""
        return {**asdict(self), "top1": self.top1, "top1_of_found": self.top1_of_found}


def evaluate_photos(
    root: Path, pipeline: PhotoPipeline, decoder: PhotoDecoder
) -> dict[str, PhotoCounts]:
    """The counts of each emotion that has photos. The largest face of a photo decides.

    A photo that cannot be decoded is skipped with a warning. Raises MoodpiError without any photo.
    """
    counts: dict[str, PhotoCounts] = defaultdict(PhotoCounts)
    images = find_images(root)
    if images.left_out:
        log.warning("%s: left out %s", root, images.left_out)
    for photo in images.files:
        try:
            faces = pipeline.analyse(read_photo(photo.path, decoder))
        except MoodpiError as error:
            log.warning("skipped: %s", error)
            continue
        counts[photo.emotion].photos += 1
        if faces:
            counts[photo.emotion].found += 1
            counts[photo.emotion].correct += faces[0].emotion == photo.emotion
    if not counts:
        raise MoodpiError(
            f"{root} holds no photos: expected CLASS/*.jpg with the classes {', '.join(EMOTIONS)}",
            code="no_faces",
        )
    return {emotion: counts[emotion] for emotion in EMOTIONS if emotion in counts}


def total(counts: dict[str, PhotoCounts]) -> PhotoCounts:
    """The sum over the emotions."""
    every = counts.values()
    return PhotoCounts(
        sum(each.photos for each in every),
        sum(each.found for each in every),
        sum(each.correct for each in every),
    )
