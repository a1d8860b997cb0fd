"""Loading labelled faces from image folders: Kaggle's FER2013, or your own in the same layout."""

from __future__ import annotations

import logging
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError
from moodpi.files import read_limited
from moodpi.stderr import stderr_to_debug_log
from training.data.class_folders import find_images
from training.data.faces import SIDE, Faces
from training.data.split_names import TRAINING

log = logging.getLogger(__name__)

MAX_IMAGE_BYTES = 64 << 20


def load_folders(root: Path) -> dict[str, Faces]:
    """Load the images that find_images finds, as grey pixels of 48 x 48.

    What is left out, such as files that are not readable, is counted and named in a warning.

    Raises MoodpiError as find_images does, or if there is no readable image.
    """
    found = find_images(root)
    images: dict[str, list[NDArray[np.uint8]]] = defaultdict(list)
    labels: dict[str, list[int]] = defaultdict(list)
    # OpenCV's decoders print what is wrong with a file, without its name.
    with stderr_to_debug_log():
        for file in found.files:
            face = _read(file.path)
            if face is None:
                found.left_out.add("not readable as an image", str(file.path))
                continue
            images[file.split].append(face)
            labels[file.split].append(EMOTIONS.index(file.emotion))
    if found.left_out:
        log.warning("%s: left out %s", root, found.left_out)
    if not images:
        raise MoodpiError(
            f"{root} holds no readable image in its class folders: expected .png or .jpg files",
            code="no_faces",
        )
    return {
        usage: Faces(
            np.stack(images[usage]),
            np.array(labels[usage]),
            np.zeros((len(labels[usage]), len(EMOTIONS)), np.float32),
        )
        for usage in sorted(images, key=lambda usage: usage != TRAINING)
    }


def _read(path: Path) -> NDArray[np.uint8] | None:
    """An image as grey uint8 [48, 48]; None if it is not readable."""
    try:
        content = np.frombuffer(read_limited(path, MAX_IMAGE_BYTES), np.uint8)
        grey = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if len(content) else None
    except (OSError, MoodpiError, cv2.error):
        return None
    if grey is None:
        return None
    if grey.shape != (SIDE, SIDE):
        grey = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return grey.astype(np.uint8, copy=False)
