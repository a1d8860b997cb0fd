"""The trained model made anew in float32 from its weights alone, with probabilities as output."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np

from convert.trained_weights import TrainedWeights
from moodpi.errors import MoodpiError
from training.architectures import architecture

NAMED_AT_MOST = 3


def rebuild(name: str, weights: TrainedWeights) -> keras.Model:
    """Faces float32 [n, 48, 48, 1] in 0..255 to probabilities [n, 7].

    Built under the float32 policy: a graph saved under a mixed one carries its casts along.
    MoodpiError where the weights are another model's.
    """
    keras.mixed_precision.set_dtype_policy("float32")
    model = architecture(name)()
    wanted = {v.path: tuple(v.shape) for v in model.weights}
    found = {key: array.shape for key, array in weights.arrays.items()}
    _check_fit(name, wanted, found, weights.path)
    for variable in model.weights:
        variable.assign(weights.arrays[variable.path].astype(np.float32))
    probabilities = keras.layers.Softmax(name="probabilities")(model.outputs[0])
    return keras.Model(model.inputs, probabilities, name=name)


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
