"""Data augmentation for face crops: the ranges of the changes, and their random draw.

`training/image_changes.py` applies the changes. NumPy draws them, so they are the same on every
Keras backend.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

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
        noise_sigma: Largest standard deviation of the noise in grey levels; each noisy face draws
            its own, from 0 to this. More than the Pi leaves in a face (edge/vision/noise.py):
            exported files are also used without its noise reduction.
        erase: Probability of a rectangle of one grey level (Zhong et al., "Random erasing data
            augmentation", 2020).
        erase_share: Largest side of that rectangle as a share of the face's side.

    """

    rotation: float = 18.0
    zoom: float = 0.12
    shift: float = 0.08
    contrast: float = 0.3
    brightness: float = 0.15
    light_gradient: float = 0.2
    blur: float = 0.08
    noise: float = 0.2
    noise_sigma: float = 25.0
    erase: float = 0.3
    erase_share: float = 0.35

    def scaled(self, factor: float) -> Augmentation:
        """Every range and probability times `factor`, 0 to 1. `erase_share` stays the same."""
        unchanged = {"erase_share": self.erase_share}
        return Augmentation(**{k: v * factor for k, v in asdict(self).items()} | unchanged)


# The arrays of `draw_changes` by name. Each has one row for each face.
Changes = dict[str, NDArray[np.generic]]

# The side of the sheet of Gaussian noise from which noisy faces take a window.
NOISE_SHEET_SIDE = 512
MIN_ERASED_SHARE = 0.15


def draw_changes(n: int, side: int, settings: Augmentation, random: np.random.Generator) -> Changes:
    """The random changes of n faces.

    inverse: float32 [n, 6], the affine map from a pixel (x, y) of the changed face to its position
        in the original: x' = a x + b y + c, y' = d x + e y + f. It includes the mirroring.
    blur_sigma: float32 [n], the standard deviation of the blur in pixels; 0 is none.
    contrast, brightness: float32 [n], relative, and as a share of 255.
    gradient: float32 [n, 2], the relative change of light at the bottom and the right edge.
    noise_sigma: float32 [n], in grey levels; 0 is none.
    noise_at: int32 [n, 2], the top and left of the window of the noise sheet.
    erased: int32 [n, 4], top, left, height and width of the erased rectangle; zeros are none.
    erased_grey: float32 [n], its grey level.
    """

    def chosen(probability: float) -> NDArray[np.bool_]:
        return random.random(n) < probability

    def spread(limit: float, *shape: int) -> NDArray[np.float32]:
        return random.uniform(-limit, limit, (n, *shape)).astype(np.float32)

    return {
        "inverse": _inverse_maps(n, side, settings, random),
        "blur_sigma": np.where(chosen(settings.blur), random.uniform(0.5, 1.5, n), 0).astype(
            np.float32
        ),
        "contrast": spread(settings.contrast),
        "brightness": spread(settings.brightness),
        "gradient": spread(settings.light_gradient, 2),
        "noise_sigma": np.where(
            chosen(settings.noise), random.uniform(0, settings.noise_sigma, n), 0
        ).astype(np.float32),
        "noise_at": random.integers(0, NOISE_SHEET_SIDE - side + 1, (n, 2), dtype=np.int32),
        "erased": _rectangles(side, settings.erase_share, chosen(settings.erase), random),
        "erased_grey": random.integers(0, 256, n).astype(np.float32),
    }


def _inverse_maps(
    n: int, side: int, settings: Augmentation, random: np.random.Generator
) -> NDArray[np.float32]:
    centre = (side - 1) / 2
    angle = np.radians(random.uniform(-settings.rotation, settings.rotation, n))
    zoom = 1 + random.uniform(-settings.zoom, settings.zoom, n)
    shift_x, shift_y = random.uniform(-settings.shift, settings.shift, (2, n)) * side
    mirror = np.where(random.random(n) < 0.5, -1.0, 1.0)
    cosine, sine = np.cos(angle) / zoom, np.sin(angle) / zoom
    offset_x, offset_y = centre + shift_x, centre + shift_y
    rows = (
        mirror * cosine,
        mirror * -sine,
        centre - mirror * (cosine * offset_x - sine * offset_y),
        sine,
        cosine,
        centre - (sine * offset_x + cosine * offset_y),
    )
    return np.stack(rows, axis=1).astype(np.float32)


def _rectangles(
    side: int, max_share: float, chosen: NDArray[np.bool_], random: np.random.Generator
) -> NDArray[np.int32]:
    n = len(chosen)
    size = (side * random.uniform(MIN_ERASED_SHARE, max_share, (n, 2))).astype(np.int32)
    corner = (random.random((n, 2)) * (side - size)).astype(np.int32)
    return np.concatenate([corner, size], axis=1) * chosen[:, None].astype(np.int32)
