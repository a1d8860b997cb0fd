"""The videos that the frame pipeline is timed on, made from the bundled portrait alone.

`python -m tests.benchmarks.portrait_film FOLDER` writes three videos of 60 s, 640 x 360 pixels and
15 frames a second: moving.avi (the portrait pans, zooms, tilts and blurs in changing light, with
camera noise), still.avi (the same room, the portrait does not move) and empty.avi (no face).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.scene import Camera, put, room

PORTRAIT = Path(__file__).resolve().parents[1] / "data" / "eileen_collins.jpg"
WIDTH, HEIGHT = 640, 360
RATE = 15
SECONDS = 60
# The middle of the face and its width, in pixels of the portrait.
FACE, FACE_WIDTH = (224, 115), 94


@dataclass(frozen=True, eq=False)
class Shot:
    """A grey frame uint8 [h, w] and the true centre of the face; None without a face."""

    grey: NDArray[np.uint8]
    face: tuple[float, float] | None = None


def moving(seconds: float = SECONDS) -> Iterator[Shot]:
    """A face that moves all the time."""
    random = np.random.default_rng(1)
    camera, behind = Camera(random, WIDTH, HEIGHT, noise=4.0), room(random, WIDTH, HEIGHT)
    portrait = _portrait()
    for time in _times(seconds):
        place = (
            WIDTH * (0.5 + 0.26 * np.sin(0.9 * time) + 0.05 * np.sin(2.3 * time)),
            HEIGHT * (0.42 + 0.08 * np.sin(1.3 * time)),
        )
        size = 100 * np.exp(0.55 * np.sin(0.35 * time))
        lean = 16 * np.sin(0.7 * time)
        blur = max(0.0, 2.2 * np.sin(0.5 * time))
        scene = _stood_in(behind, portrait, place, size, lean)
        if blur > 0.3:
            scene = cv2.GaussianBlur(scene, (0, 0), blur).astype(np.float32)
        light, side = 1 + 0.45 * np.sin(0.25 * time), np.sin(0.15 * time)
        yield Shot(camera.take(scene, light, side), place)


def still(seconds: float = SECONDS) -> Iterator[Shot]:
    """A face that does not move."""
    random = np.random.default_rng(2)
    camera, behind = Camera(random, WIDTH, HEIGHT, noise=4.0), room(random, WIDTH, HEIGHT)
    place = (WIDTH / 2, HEIGHT * 0.42)
    scene = _stood_in(behind, _portrait(), place, 100, 0)
    return (Shot(camera.take(scene), place) for _ in _times(seconds))


def empty(seconds: float = SECONDS) -> Iterator[Shot]:
    """A room without a face."""
    random = np.random.default_rng(3)
    camera, scene = Camera(random, WIDTH, HEIGHT, noise=4.0), room(random, WIDTH, HEIGHT)
    return (Shot(camera.take(scene)) for _ in _times(seconds))


FILMS = {"moving": moving, "still": still, "empty": empty}


def write(path: Path, shots: Iterator[Shot]) -> Path:
    """Write the shots as a video that every OpenCV build reads."""
    fourcc = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), fourcc, RATE, (WIDTH, HEIGHT), isColor=False)
    for shot in shots:
        writer.write(shot.grey)
    writer.release()
    return path


def portrait_at(behind: NDArray[np.float32], place: tuple[float, float], size: float) -> Any:
    """A scene float32 [h, w] with the portrait's face, `size` pixels wide, centred at `place`."""
    return _stood_in(behind, _portrait(), place, size, 0)


def _times(seconds: float) -> Iterator[float]:
    return (number / RATE for number in range(round(seconds * RATE)))


def _portrait() -> NDArray[np.float32]:
    return cv2.imread(str(PORTRAIT), cv2.IMREAD_GRAYSCALE).astype(np.float32)


def _stood_in(
    behind: NDArray[np.float32],
    portrait: NDArray[np.float32],
    place: tuple[float, float],
    size: float,
    lean: float,
) -> NDArray[np.float32]:
    """The portrait in the room, its face `size` pixels wide and centred at `place`."""
    matrix: NDArray[Any] = cv2.getRotationMatrix2D(FACE, lean, size / FACE_WIDTH)
    matrix[:, 2] += np.subtract(place, FACE)
    return put(behind, portrait, oval(portrait.shape), matrix)


def oval(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """The opacity of the portrait: head and shoulders, faded at the edges."""
    mask = np.zeros(shape, np.float32)
    cv2.ellipse(mask, (FACE[0], FACE[1] + 90), (150, 230), 0, 0, 360, (1.0,), -1)
    return cv2.GaussianBlur(mask, (0, 0), 12).astype(np.float32)


def main() -> None:
    """Write the three videos."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, shots in FILMS.items():
        print(write(folder / f"{name}.avi", shots()))


if __name__ == "__main__":
    main()
