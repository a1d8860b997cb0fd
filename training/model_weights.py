"""A Keras model's weights as named arrays, out of it and into it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from moodpi.errors import MoodpiError

NAMED_AT_MOST = 3


def weights_of(model: keras.Model) -> dict[str, NDArray[np.generic]]:
    """The weights by the path of their variable, seeds and optimizer left out."""
    return {v.path: ops.convert_to_numpy(v) for v in model.weights}


def assign_weights(
    model: keras.Model, arrays: Mapping[str, NDArray[np.generic]], path: Path
) -> None:
    """Give the model these weights, float16 or float32, by the path of their variable.

    Raises MoodpiError, which names the file they are from, where they are another model's.
    """
    wanted = {v.path: tuple(v.shape) for v in model.weights}
    _check_fit(model.name, wanted, {key: array.shape for key, array in arrays.items()}, path)
    for variable in model.weights:
        variable.assign(arrays[variable.path].astype(np.float32))


def _check_fit(
    name: str,
    wanted: Mapping[str, tuple[int, ...]],
    found: Mapping[str, tuple[int, ...]],
    path: Path,
) -> None:
    missing = [key for key in wanted if key not in found]
    if missing:
        raise MoodpiError(
            f"{path} holds no weights of {name}: it lacks {_some(missing)}; "
            "expected best.npz of a run or weights.f16.npz"
        )
    for key, shape in wanted.items():
        if found[key] != shape:
            raise MoodpiError(
                f"{path} holds weights of another {name}: {key} is {found[key]}, expected {shape}"
            )
    unknown = [key for key in found if key not in wanted]
    if unknown:
        raise MoodpiError(f"{path} holds more than {name} has: {_some(unknown)}")


def _some(names: list[str]) -> str:
    rest = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {rest} more" if rest > 0 else "")
