"""The steps from a photo to its classified faces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import Box
from edge.vision.classified_face import ClassifiedFace, classify_face
from edge.vision.classifier import FaceClassifier
from edge.vision.crop import crop_face
from edge.vision.detector import HaarFaceDetector
from edge.vision.photo_search import PhotoSearch, turn_back, turn_photo

# What to do about a photo in which no face is found.
NO_FACE_FIX = "use a photo of a face that looks at the camera, in better light"


def cropped_faces(
    photo: NDArray[np.uint8], detector: HaarFaceDetector
) -> list[tuple[Box, NDArray[np.uint8]]]:
    """The box and the crop uint8 [48, 48] of each face, in the order of PhotoSearch.find.

    photo: grey, uint8 [h, w].
    """
    return [
        (
            turn_back(face.box, face.search.turn, photo.shape),
            crop_face(turn_photo(photo, face.search.turn), face.box),
        )
        for face in PhotoSearch(detector).find(photo)
    ]


class PhotoPipeline:
    """Detects and classifies every face of a photo."""

    def __init__(self, classifier: FaceClassifier, detector: HaarFaceDetector) -> None:
        self._classifier = classifier
        self._search = PhotoSearch(detector)

    def analyse(self, photo: NDArray[np.uint8]) -> list[ClassifiedFace]:
        """The faces of a grey photo uint8 [h, w]; the one that decides is the first."""
        found = self._search.find(photo)
        if not found:
            return []
        turn = found[0].search.turn  # the same for all of them
        turned = turn_photo(photo, turn)
        return [
            replace(
                classify_face(self._classifier, turned, face.box),
                box=turn_back(face.box, turn, photo.shape),
                search=face.search,
            )
            for face in found
        ]
