"""The weights of a Keras model as named arrays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from moodpi.errors import MoodpiError

MAX_NAMES = 3


def weights_of(model: keras.Model) -> dict[str, NDArray[np.generic]]:
    """The weights by variable path, without the states of dropout and of the optimizer."""
    return {v.path: ops.convert_to_numpy(v) for v in model.weights}


def assign_weights(
    model: keras.Model, arrays: Mapping[str, NDArray[np.generic]], path: Path
) -> None:
    """Assign float16 or float32 arrays to the model's weights by variable path.

    path: the file that the arrays come from, for the error message.

    Raises MoodpiError if the names or the shapes are those of another model.
    """
    expected = {v.path: tuple(v.shape) for v in model.weights}
    _check_shapes(model.name, expected, {key: array.shape for key, array in arrays.items()}, path)
    for variable in model.weights:
        variable.assign(arrays[variable.path].astype(np.float32))


def _check_shapes(
    name: str,
    expected: Mapping[str, tuple[int, ...]],
    actual: Mapping[str, tuple[int, ...]],
    path: Path,
) -> None:
    missing = [key for key in expected if key not in actual]
    if missing:
        raise MoodpiError(
            f"{path} does not hold the weights of {name}: {_shortened(missing)} missing; "
            "expected best.npz of a run or weights.f16.npz",
            code="weights_missing",
        )
    for key, shape in expected.items():
        if actual[key] != shape:
            raise MoodpiError(
                f"the weights in {path} do not match this version of {name}: {key} has the shape "
                f"{actual[key]}, expected {shape}",
                code="weights_shape",
            )
    unknown = [key for key in actual if key not in expected]
    if unknown:
        raise MoodpiError(
            f"{path} holds weights that {name} does not have: {_shortened(unknown)}",
            code="weights_unknown",
        )


def _shortened(names: list[str]) -> str:
    """The first names, and the number of the others."""
    rest = len(names) - MAX_NAMES
    return ", ".join(names[:MAX_NAMES]) + (f" and {rest} more" if rest > 0 else "")
