"""Applies drawn changes to face crops, with operations of Keras on the device of the model."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from training.augmentation import NOISE_SHEET_SIDE

# A fixed sheet of noise, because each backend has its own random numbers.
NOISE_SHEET = (
    np.random.default_rng(0).standard_normal(NOISE_SHEET_SIDE**2, dtype=np.float32)
)  # fmt: skip


def apply_changes(faces: Any, changes: Any) -> Any:
    """Changed copies of faces.

    faces: [n, side, side], grey 0..255, of any dtype.
    changes: the arrays of `training.augmentation.draw_changes` for these faces.

    Returns float32 [n, side, side] in 0..255, not rounded. The same changes give the same faces on
    TensorFlow, JAX and PyTorch.
    """
    side = faces.shape[1]
    changes = {name: ops.convert_to_tensor(array) for name, array in changes.items()}
    faces = _warp(ops.cast(faces, "float32"), changes["inverse"])
    faces = _blur(faces, changes["blur_sigma"])
    faces = _light(faces, changes)
    noise = ops.take(NOISE_SHEET, _window_indices(changes["noise_at"], side), axis=0)
    faces = ops.clip(faces + _each(changes["noise_sigma"]) * noise, 0, 255)
    return ops.where(_inside(changes["erased"], side), _each(changes["erased_grey"]), faces)


def _each(values: Any) -> Any:
    """Values [n] as [n, 1, 1]."""
    return values[:, None, None]


def _warp(faces: Any, inverse: Any) -> Any:
    """Bilinear samples at the mapped positions; the border is reflected around its pixels."""
    n, side = ops.shape(faces)[0], faces.shape[1]
    x, y = (
        ops.arange(side, dtype="float32")[None, None, :],
        ops.arange(side, dtype="float32")[None, :, None],
    )
    a, b, c, d, e, f = (_each(inverse[:, index]) for index in range(6))
    left, across = _reflected(a * x + b * y + c, side)
    top, down = _reflected(d * x + e * y + f, side)
    flat = ops.reshape(faces, (-1,))
    corner = _each(ops.arange(n, dtype="int32") * side * side) + top * side + left

    def sample(offset: int) -> Any:
        return ops.take(flat, corner + offset, axis=0)

    upper = sample(0) * (1 - across) + sample(1) * across
    lower = sample(side) * (1 - across) + sample(side + 1) * across
    return upper * (1 - down) + lower * down


def _reflected(position: Any, side: int) -> tuple[Any, Any]:
    """The pixel before a position, int32 in 0..side - 2, and the distance to it, 0 to 1."""
    last = side - 1
    position = last - ops.absolute(last - ops.absolute(position))
    position = ops.clip(position, 0, last)
    before = ops.minimum(ops.floor(position), last - 1)
    return ops.cast(before, "int32"), position - before


def _blur(faces: Any, sigma: Any) -> Any:
    """Gaussian blur as two matrix products; at the border the kernel is cut and normalized."""
    offsets = np.arange(faces.shape[1], dtype=np.float32)
    squares = (offsets[:, None] - offsets[None, :]) ** 2
    # With sigma 0, the smallest denominator leaves the identity.
    kernel = ops.softmax(-squares / ops.maximum(_each(2 * sigma * sigma), 1e-3), axis=-1)
    return ops.matmul(ops.matmul(kernel, faces), ops.transpose(kernel, (0, 2, 1)))


def _light(faces: Any, changes: Any) -> Any:
    ramp = np.linspace(-1, 1, faces.shape[1], dtype=np.float32)
    vertical, horizontal = (_each(changes["gradient"][:, axis]) for axis in range(2))
    gradient = vertical * ramp[None, :, None] + horizontal * ramp[None, None, :]
    mean = ops.mean(faces, axis=(1, 2), keepdims=True)
    contrast = 1 + _each(changes["contrast"])
    return ((faces - mean) * contrast + mean + 255 * _each(changes["brightness"])) * (1 + gradient)


def _window_indices(corner: Any, side: int) -> Any:
    """The flat indices [n, side, side] of windows of the noise sheet, from their corners [n, 2]."""
    rows = corner[:, 0, None] + ops.arange(side, dtype="int32")[None, :]
    columns = corner[:, 1, None] + ops.arange(side, dtype="int32")[None, :]
    return rows[:, :, None] * NOISE_SHEET_SIDE + columns[:, None, :]


def _inside(rectangles: Any, side: int) -> Any:
    """Whether pixels [n, side, side] lie in the rectangles (top, left, height, width) [n, 4]."""
    pixels = ops.arange(side, dtype="int32")[None, :]

    def within(start: int) -> Any:
        low, size = rectangles[:, start, None], rectangles[:, start + 2, None]
        return ops.logical_and(pixels >= low, pixels < low + size)

    return ops.logical_and(within(0)[:, :, None], within(1)[:, None, :])
