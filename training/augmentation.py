"""Data augmentation for face crops: geometry, lighting, noise and occlusion."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Augmentation:
    """The ranges of the random changes. Every face gets its own draw; half are mirrored.

    Attributes:
        rotation: Degrees, in either direction.
        zoom: Relative change of size, in either direction.
        shift: Shift along each axis as a share of the side, in either direction.
        contrast: Relative change, in either direction.
        brightness: Change in grey levels as a share of 255, in either direction.
        light_gradient: Relative change from one edge to the other, along each axis.
        blur: Probability of Gaussian blur.
        noise: Probability of Gaussian noise.
        noise_sigma: Standard deviation of the noise in grey levels.
        erase: Probability of a rectangle of one grey level (Zhong et al., "Random erasing data
            augmentation", 2020).
        erase_share: Largest side of that rectangle as a share of the face's side.

    """

    rotation: float = 12.0
    zoom: float = 0.12
    shift: float = 0.08
    contrast: float = 0.3
    brightness: float = 0.15
    light_gradient: float = 0.2
    blur: float = 0.08
    noise: float = 0.1
    noise_sigma: float = 8.0
    erase: float = 0.3
    erase_share: float = 0.35

    def scaled(self, factor: float) -> Augmentation:
        """Every range and probability times `factor`, 0 to 1. `erase_share` stays the same."""
        unchanged = {"erase_share": self.erase_share}
        return Augmentation(**{k: v * factor for k, v in asdict(self).items()} | unchanged)


def augment(
    faces: NDArray[np.uint8], settings: Augmentation, random: np.random.Generator
) -> NDArray[np.uint8]:
    """Augmented copies of faces, uint8 [n, 48, 48] in and out."""
    warped = np.stack([_change_geometry(face, settings, random) for face in faces])
    augmented = _change_lighting(warped, settings, random)
    for face in augmented:
        if random.random() < settings.erase:
            _erase(face, settings.erase_share, random)
    return augmented


def _change_geometry(
    face: NDArray[np.uint8], settings: Augmentation, random: np.random.Generator
) -> NDArray[np.uint8]:
    side = face.shape[0]
    angle = random.uniform(-settings.rotation, settings.rotation)
    zoom = 1 + random.uniform(-settings.zoom, settings.zoom)
    matrix = cv2.getRotationMatrix2D(((side - 1) / 2, (side - 1) / 2), angle, zoom)
    matrix[:, 2] += random.uniform(-settings.shift, settings.shift, 2) * side
    if random.random() < 0.5:
        face = face[:, ::-1].copy()
    warped = cv2.warpAffine(face, matrix, (side, side), borderMode=cv2.BORDER_REFLECT_101)
    if random.random() < settings.blur:
        warped = cv2.GaussianBlur(warped, (0, 0), random.uniform(0.5, 1.5))
    return warped.astype(np.uint8, copy=False)


def _change_lighting(
    faces: NDArray[np.uint8], settings: Augmentation, random: np.random.Generator
) -> NDArray[np.uint8]:
    n, side = len(faces), faces.shape[1]

    def draw(spread: float) -> NDArray[np.float32]:
        return random.uniform(-spread, spread, (n, 1, 1)).astype(np.float32)

    ramp = np.linspace(-1, 1, side, dtype=np.float32)
    vertical, horizontal = draw(settings.light_gradient), draw(settings.light_gradient)
    gradient = vertical * ramp[None, :, None] + horizontal * ramp[None, None, :]
    noisy = random.random((n, 1, 1)) < settings.noise
    noise = random.standard_normal(faces.shape, dtype=np.float32) * settings.noise_sigma * noisy
    centred = faces.astype(np.float32) - faces.mean(axis=(1, 2), keepdims=True)
    mean = faces.mean(axis=(1, 2), keepdims=True) + 255 * draw(settings.brightness)
    lit = (centred * (1 + draw(settings.contrast)) + mean) * (1 + gradient) + noise
    return np.clip(lit, 0, 255).astype(np.uint8)


def _erase(face: NDArray[np.uint8], max_share: float, random: np.random.Generator) -> None:
    side = face.shape[0]
    height, width = (int(side * random.uniform(0.15, max_share)) for _ in range(2))
    top, left = int(random.integers(0, side - height)), int(random.integers(0, side - width))
    face[top : top + height, left : left + width] = random.integers(0, 256)
