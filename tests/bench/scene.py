"""A made-up room, and a camera that films it with uneven light and noise."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]


def room(random: np.random.Generator, width: int, height: int) -> Grey:
    """Walls, shelves and things on them, as float32 [height, width] of 0..255."""
    wall = np.linspace(150, 90, height, dtype=np.float32)[:, None] + np.zeros((1, width))
    picture = wall.astype(np.float32)
    for _ in range(40):
        x, y = int(random.integers(0, width)), int(random.integers(0, height))
        w, h = (int(side) for side in random.integers(10, width // 5, 2))
        level = float(random.uniform(30, 220))
        if random.random() < 0.7:
            cv2.rectangle(picture, (x, y), (x + w, y + h), level, -1)
        else:
            cv2.circle(picture, (x, y), w // 3, level, -1)
    grain = random.normal(0, 14, (height // 4, width // 4)).astype(np.float32)
    picture += cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 1.2), 0, 255)


class Camera:
    """Films scenes; noise: of its sensor, in grey levels at middling light."""

    def __init__(self, random: np.random.Generator, noise: float) -> None:
        self._random = random
        self._noise = noise

    def take(self, scene: Grey, light: float = 1.0, side: float = 0.0) -> NDArray[np.uint8]:
        """uint8 of a float scene [h, w]; light: times as bright; side: -1 from the left, 1 from the
        right, 0 from everywhere.
        """
        slope = np.linspace(1 - 0.5 * side, 1 + 0.5 * side, scene.shape[1], dtype=np.float32)
        lit = scene * slope[None, :] * light
        # Light arrives in grains: what is brighter is noisier.
        grains = self._random.standard_normal(scene.shape, np.float32)
        lit += self._noise * grains * np.sqrt(0.3 + np.clip(lit, 0, 255) / 180)
        return np.clip(lit, 0, 255).astype(np.uint8)
