"""Faces as a living room shows them: tilted, off-centre, half lit, pale, partly hidden."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Augmentation:
    """Ranges of the random changes; each is drawn anew for every face.

    rotation: degrees either way. zoom: factor either way of 1. shift: share of the side.
    contrast, brightness: factor either way of 1, and grey levels either way as a share of 255.
    blur, noise, erase: probability of each. noise_sigma: grey levels. erase_share: largest side of
    the hidden rectangle as a share of the face's.
    """

    rotation: float = 12.0
    zoom: float = 0.12
    shift: float = 0.08
    contrast: float = 0.3
    brightness: float = 0.15
    lamp: float = 0.2
    blur: float = 0.08
    noise: float = 0.1
    noise_sigma: float = 8.0
    erase: float = 0.3
    erase_share: float = 0.35

    def weakened(self, strength: float) -> Augmentation:
        """Every range and probability times `strength`, 0 to 1; what is hidden keeps its size."""
        kept = {"erase_share": self.erase_share}
        return Augmentation(**{k: v * strength for k, v in asdict(self).items()} | kept)


def augment(
    faces: NDArray[np.uint8], settings: Augmentation, random: np.random.Generator
) -> NDArray[np.uint8]:
    """Return changed copies of uint8 faces [n, 48, 48]."""
    moved = np.stack([_move(face, settings, random) for face in faces])
    lit = _light(moved, settings, random)
    for face in lit:
        if random.random() < settings.erase:
            _erase(face, settings.erase_share, random)
    return lit


def _move(
    face: NDArray[np.uint8], settings: Augmentation, random: np.random.Generator
) -> NDArray[np.uint8]:
    side = face.shape[0]
    angle = random.uniform(-settings.rotation, settings.rotation)
    zoom = 1 + random.uniform(-settings.zoom, settings.zoom)
    matrix = cv2.getRotationMatrix2D(((side - 1) / 2, (side - 1) / 2), angle, zoom)
    matrix[:, 2] += random.uniform(-settings.shift, settings.shift, 2) * side
    if random.random() < 0.5:
        face = face[:, ::-1].copy()
    moved = cv2.warpAffine(face, matrix, (side, side), borderMode=cv2.BORDER_REFLECT_101)
    if random.random() < settings.blur:
        moved = cv2.GaussianBlur(moved, (0, 0), random.uniform(0.5, 1.5))
    return moved.astype(np.uint8, copy=False)


def _light(
    faces: NDArray[np.uint8], settings: Augmentation, random: np.random.Generator
) -> NDArray[np.uint8]:
    n, side = len(faces), faces.shape[1]

    def draw(spread: float) -> NDArray[np.float32]:
        return random.uniform(-spread, spread, (n, 1, 1)).astype(np.float32)

    ramp = np.linspace(-1, 1, side, dtype=np.float32)
    lamp = draw(settings.lamp) * ramp[None, :, None] + draw(settings.lamp) * ramp[None, None, :]
    noisy = random.random((n, 1, 1)) < settings.noise
    noise = random.standard_normal(faces.shape, dtype=np.float32) * settings.noise_sigma * noisy
    centred = faces.astype(np.float32) - faces.mean(axis=(1, 2), keepdims=True)
    mean = faces.mean(axis=(1, 2), keepdims=True) + 255 * draw(settings.brightness)
    lit = (centred * (1 + draw(settings.contrast)) + mean) * (1 + lamp) + noise
    return np.clip(lit, 0, 255).astype(np.uint8)


def _erase(face: NDArray[np.uint8], largest: float, random: np.random.Generator) -> None:
    side = face.shape[0]
    height, width = (int(side * random.uniform(0.15, largest)) for _ in range(2))
    top, left = int(random.integers(0, side - height)), int(random.integers(0, side - width))
    face[top : top + height, left : left + width] = random.integers(0, 256)
