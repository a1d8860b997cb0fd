"""Loading labelled faces from image folders: Kaggle's FER2013, or your own in the same layout."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError
from training.data.class_names import emotion_of_class
from training.data.faces import SIDE, TRAINING, Faces

log = logging.getLogger(__name__)

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".pgm")
# Split names of folders, and prefixes of file names, as in `PublicTest_123.jpg`.
SPLITS = {
    "train": TRAINING,
    "training": TRAINING,
    "validation": "Validation",
    "valid": "Validation",
    "val": "Validation",
    "test": "Test",
    "testing": "Test",
}
FILE_PREFIXES = (TRAINING, "PublicTest", "PrivateTest")
MAX_NAMES = 3


def load_folders(root: Path) -> dict[str, Faces]:
    """Load `root/SPLIT/CLASS/*.png|jpg`, or `root/CLASS/*` as Training.

    A split in a file name (`PublicTest_123.jpg`) has precedence over the folder's. Images are
    converted to grey and resized to 48 x 48. Unreadable files are skipped with a warning.

    Raises MoodpiError if there is no class folder or no readable image.
    """
    images: dict[str, list[NDArray[np.uint8]]] = defaultdict(list)
    labels: dict[str, list[int]] = defaultdict(list)
    unreadable = []
    for usage, emotion, path in labelled_files(root):
        face = _read(path)
        if face is None:
            unreadable.append(path)
            continue
        images[usage].append(face)
        labels[usage].append(EMOTIONS.index(emotion))
    if unreadable:
        named = ", ".join(str(path) for path in unreadable[:MAX_NAMES])
        log.warning("skipped %d files that are not readable images: %s", len(unreadable), named)
    if not images:
        raise MoodpiError(
            f"{root} holds no faces: expected train/CLASS/*.png and test/CLASS/*.png with the "
            f"classes {', '.join(EMOTIONS)}",
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


def labelled_files(root: Path) -> Iterator[tuple[str, str, Path]]:
    """Split, emotion and path of each image, in the order of the names."""
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        split = SPLITS.get(folder.name.lower())
        classes = [folder] if split is None else sorted(p for p in folder.iterdir() if p.is_dir())
        for class_folder in classes:
            emotion = emotion_of_class(class_folder.name)
            if emotion is None:
                log.warning("skipped %s: the folder name is not an emotion", class_folder)
                continue
            for path in sorted(class_folder.iterdir()):
                if path.suffix.lower() in IMAGE_SUFFIXES:
                    yield _split_of_name(path.name) or split or TRAINING, emotion, path


def _split_of_name(name: str) -> str | None:
    return next((prefix for prefix in FILE_PREFIXES if name.startswith(f"{prefix}_")), None)


def _read(path: Path) -> NDArray[np.uint8] | None:
    """An image as grey uint8 [48, 48]; None if it is not readable."""
    try:
        content = np.frombuffer(path.read_bytes(), np.uint8)
        grey = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if len(content) else None
    except (OSError, cv2.error):
        return None
    if grey is None:
        return None
    if grey.shape != (SIDE, SIDE):
        grey = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return grey.astype(np.uint8, copy=False)
