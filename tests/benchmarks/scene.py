"""A synthetic room and a camera that films it with uneven light and noise."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]

# The camera draws its noise once and shows other parts of it in each frame: so much more of it.
SPARE = 97


def room(random: np.random.Generator, width: int, height: int) -> Grey:
    """A picture with walls, shelves and objects, float32 [height, width] of 0..255."""
    wall = np.linspace(150, 90, height, dtype=np.float32)[:, None] + np.zeros((1, width))
    picture = wall.astype(np.float32)
    for _ in range(40):
        x, y = int(random.integers(0, width)), int(random.integers(0, height))
        w, h = (int(side) for side in random.integers(10, width // 5, 2))
        level = float(random.uniform(30, 220))
        if random.random() < 0.7:
            cv2.rectangle(picture, (x, y), (x + w, y + h), (level,), -1)
        else:
            cv2.circle(picture, (x, y), w // 3, (level,), -1)
    grain = random.normal(0, 14, (height // 4, width // 4)).astype(np.float32)
    picture += cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 1.2), 0, 255).astype(np.float32)


class Camera:
    """Films scenes of one size. noise: of its sensor, in grey levels at medium light."""

    def __init__(self, random: np.random.Generator, width: int, height: int, noise: float) -> None:
        self._random = random
        self._grains = random.normal(0, noise, (height + SPARE, width + SPARE)).astype(np.float32)
        self._across = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None, :]

    def take(self, scene: Grey, light: float = 1.0, side: float = 0.0) -> NDArray[np.uint8]:
        """uint8 of a float scene [h, w]; light: times as bright; side: -1 from the left, 1 from the
        right, 0 from everywhere.
        """
        lit = scene * (light * (1 + side * self._across))
        x, y = self._random.integers(0, SPARE, 2)
        height, width = scene.shape
        # Light arrives in grains: what is brighter is noisier.
        lit += self._grains[y : y + height, x : x + width] * np.sqrt(0.3 + lit / 180)
        return np.clip(lit, 0, 255).astype(np.uint8)


def put(scene: Grey, picture: Grey, mask: Grey, matrix: NDArray[Any]) -> Grey:
    """The scene with a picture in it, where and as large as `matrix` [2, 3] moves it.

    mask: how much of each pixel of the picture is seen, 0..1.
    """
    size = (scene.shape[1], scene.shape[0])
    covers = cv2.warpAffine(mask, matrix, size)
    return scene + covers * (cv2.warpAffine(picture, matrix, size) - scene)
