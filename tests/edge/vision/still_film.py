"""A portrait that hangs on a wall or breathes, in a room where somebody else moves or nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.portrait_film import FACE, FACE_WIDTH, PORTRAIT, oval
from tests.benchmarks.scene import Camera, put, room

WIDTH, HEIGHT = 160, 120
SIDE = 60
BOX = (50, 25, SIDE, SIDE)
BREATH = 4.3


def film(
    seconds: int, breath: float = 0.0, *, moving_room: bool = True, seed: int = 1
) -> Iterator[np.ndarray]:
    """A frame a second, grey uint8 [120, 160].

    breath: How far the face moves from one end to the other, in shares of its width.
    """
    random = np.random.default_rng(seed)
    behind, camera = room(random, WIDTH, HEIGHT), Camera(random, WIDTH, HEIGHT, noise=4.0)
    portrait = cv2.imread(str(PORTRAIT), cv2.IMREAD_GRAYSCALE).astype(np.float32)
    mask = oval(portrait.shape)
    for second in range(seconds):
        down = breath * SIDE / 2 * np.sin(2 * np.pi * second / BREATH)
        matrix: NDArray[Any] = cv2.getRotationMatrix2D(FACE, 0, SIDE / FACE_WIDTH)
        matrix[:, 2] += np.array([BOX[0] + SIDE / 2, BOX[1] + SIDE / 2 + down]) - FACE
        scene = put(behind, portrait, mask, matrix)
        if moving_room:
            scene[95:, : 20 + int(random.integers(0, 40))] = 60
        yield camera.take(scene, 1 + 0.02 * random.normal(), 0.2 * np.sin(second / 60))
