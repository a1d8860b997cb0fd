"""Weights as named arrays in one .npz file: no pickle, readable without any framework."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moodpi.errors import MoodpiError
from moodpi.files import write_atomic


def save_arrays(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write the arrays to `path`, whole or not at all; not compressed, for it happens often."""
    stream = io.BytesIO()
    np.savez(stream, **dict(arrays))  # type: ignore[arg-type]
    write_atomic({path: stream.getvalue()})


def pack_arrays(arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    """The bytes of a compressed .npz file; the same arrays give the same bytes."""
    stream = io.BytesIO()
    np.savez_compressed(stream, **dict(arrays))  # type: ignore[arg-type]
    return stream.getvalue()


def load_arrays(path: Path) -> dict[str, NDArray[np.generic]]:
    """Read every array of `path`, or raise MoodpiError that says what is wrong with the file."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except FileNotFoundError as error:
        raise MoodpiError(f"no such file: {path}") from error
    except (PermissionError, IsADirectoryError) as error:
        raise MoodpiError(f"cannot read {path}: {error.strerror}") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, AttributeError) as error:
        raise MoodpiError(
            f"{path} is damaged or no .npz file: expected weights or a checkpoint of moodpi's"
        ) from error


def as_float16(arrays: Mapping[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
    """The arrays, those of floats in float16; MoodpiError if a value is not finite or too large."""
    return {
        name: _halve(name, array) if np.issubdtype(array.dtype, np.floating) else array
        for name, array in arrays.items()
    }


def _halve(name: str, array: NDArray[np.generic]) -> NDArray[np.generic]:
    with np.errstate(over="ignore"):
        half = array.astype(np.float16)
    if not np.isfinite(half).all():
        raise MoodpiError(
            f"{name} has values that are not finite or above float16's 65504: "
            "the training went wrong, train again with a smaller --learning-rate"
        )
    return half
