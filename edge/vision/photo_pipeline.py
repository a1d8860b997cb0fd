"""The steps from a photo to its classified faces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box
from edge.vision.classified_face import ClassifiedFace
from edge.vision.classifier import FaceClassifier
from edge.vision.crop import crops_of_face
from edge.vision.face_search import FaceSearch
from edge.vision.photo_search import PhotoSearch, turn_back, turn_photo

# What to do about a photo in which no face is found.
NO_FACE_FIX = "use a photo of a face that looks at the camera, in better light"


@dataclass(frozen=True, eq=False)
class CroppedFace:
    """A face of a photo.

    Attributes:
        box: Its position in the photo.
        crops: uint8 [3, 48, 48], the box first (edge/vision/crop.py).
        search: What was necessary to find it.

    """

    box: Box
    crops: NDArray[np.uint8]
    search: FaceSearch

    def classified(self, classifier: FaceClassifier) -> ClassifiedFace:
        """The face with the mean of the probabilities of its crops."""
        each = [classifier.classify(crop) for crop in self.crops]
        return ClassifiedFace(self.box, np.mean(each, axis=0, dtype=np.float32), self.search)


def cropped_faces(photo: NDArray[np.uint8], search: PhotoSearch) -> list[CroppedFace]:
    """The faces of a grey photo uint8 [h, w]; the one that decides is the first."""
    found = search.find(photo)
    if not found:
        return []
    turn = found[0].search.turn  # the same for all of them
    turned = turn_photo(photo, turn)
    return [
        CroppedFace(
            turn_back(face.box, turn, photo.shape),
            crops_of_face(turned, face.box, face.detection.roll),
            face.search,
        )
        for face in found
    ]


class PhotoPipeline:
    """Detects and classifies every face of a photo."""

    def __init__(self, classifier: FaceClassifier, search: PhotoSearch) -> None:
        self._classifier = classifier
        self._search = search

    def analyse(self, photo: NDArray[np.uint8]) -> list[ClassifiedFace]:
        """The faces of a grey photo uint8 [h, w]; the one that decides is the first."""
        return [face.classified(self._classifier) for face in cropped_faces(photo, self._search)]
