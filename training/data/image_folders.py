"""FER2013 as Kaggle's folders of pictures, and data of your own in the same shape."""

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
from training.data.class_names import emotion_called
from training.data.faces import SIDE, TRAINING, Faces

log = logging.getLogger(__name__)

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".pgm")
# Folders that name a split, and names of files that do, as in `PublicTest_123.jpg`.
SPLITS = {
    "train": TRAINING,
    "training": TRAINING,
    "validation": "Validation",
    "valid": "Validation",
    "val": "Validation",
    "test": "Test",
    "testing": "Test",
}
PREFIXES = (TRAINING, "PublicTest", "PrivateTest")
NAMED_AT_MOST = 3


def load_folders(root: Path) -> dict[str, Faces]:
    """Read `root/SPLIT/CLASS/*.png|jpg`, or `root/CLASS/*` as Training alone.

    A file's own name (`PublicTest_123.jpg`) is believed before its folder's. Pictures are made
    grey and 48 x 48. What cannot be read is counted and named in the log. Raises MoodpiError where
    no class is found or no picture can be read.
    """
    images: dict[str, list[NDArray[np.uint8]]] = defaultdict(list)
    labels: dict[str, list[int]] = defaultdict(list)
    unreadable = []
    for usage, emotion, path in _files(root):
        face = _read(path)
        if face is None:
            unreadable.append(path)
            continue
        images[usage].append(face)
        labels[usage].append(EMOTIONS.index(emotion))
    if unreadable:
        named = ", ".join(str(path) for path in unreadable[:NAMED_AT_MOST])
        log.warning("%d files are no pictures that can be read: %s", len(unreadable), named)
    if not images:
        raise MoodpiError(
            f"{root} holds no faces: expected train/CLASS/*.png and test/CLASS/*.png, the classes "
            f"named like {', '.join(EMOTIONS)}"
        )
    return {
        usage: Faces(
            np.stack(images[usage]),
            np.array(labels[usage]),
            np.zeros((len(labels[usage]), len(EMOTIONS)), np.float32),
        )
        for usage in sorted(images, key=lambda usage: usage != TRAINING)
    }


def _files(root: Path) -> Iterator[tuple[str, str, Path]]:
    """Each picture with its split and emotion, in the order of their names."""
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        split = SPLITS.get(folder.name.lower())
        classes = [folder] if split is None else sorted(p for p in folder.iterdir() if p.is_dir())
        for place in classes:
            emotion = emotion_called(place.name)
            if emotion is None:
                log.warning("%s is left out: it is called like no emotion", place)
                continue
            for path in sorted(place.iterdir()):
                if path.suffix.lower() in PICTURES:
                    yield _split_of_name(path.name) or split or TRAINING, emotion, path


def _split_of_name(name: str) -> str | None:
    return next((prefix for prefix in PREFIXES if name.startswith(f"{prefix}_")), None)


def _read(path: Path) -> NDArray[np.uint8] | None:
    """A picture as grey uint8 [48, 48]; None where it is none."""
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
