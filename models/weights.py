"""Saves and loads weights as named arrays in an .npz file, without pickle."""

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
    """Write the arrays to `path` atomically, uncompressed: checkpoints are written often."""
    stream = io.BytesIO()
    np.savez(stream, **dict(arrays))  # type: ignore[arg-type]
    write_atomic({path: stream.getvalue()})


def pack_arrays(arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    """The bytes of a compressed .npz file. Equal arrays give equal bytes."""
    stream = io.BytesIO()
    np.savez_compressed(stream, **dict(arrays))  # type: ignore[arg-type]
    return stream.getvalue()


def load_arrays(path: Path) -> dict[str, NDArray[np.generic]]:
    """All arrays of an .npz file. Raises MoodpiError if it is missing, unreadable or damaged."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except FileNotFoundError as error:
        raise MoodpiError(f"no such file: {path}", code="no_such_file") from error
    except (PermissionError, IsADirectoryError) as error:
        raise MoodpiError(
            f"cannot read {path}: {error.strerror}", code="weights_unreadable"
        ) from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, AttributeError) as error:
        raise MoodpiError(
            f"{path} is damaged or not an .npz file: expected weights or a checkpoint of moodpi",
            code="weights_damaged",
        ) from error


def as_float16(arrays: Mapping[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
    """The arrays with floats converted to float16.

    Raises MoodpiError if a value is not finite or exceeds float16's range.
    """
    return {
        name: _to_float16(name, array) if np.issubdtype(array.dtype, np.floating) else array
        for name, array in arrays.items()
    }


def _to_float16(name: str, array: NDArray[np.generic]) -> NDArray[np.generic]:
    with np.errstate(over="ignore"):
        half = array.astype(np.float16)
    if not np.isfinite(half).all():
        raise MoodpiError(
            f"{name} has values that are not finite or exceed float16's 65504: "
            "the training diverged, train again with a smaller --learning-rate",
            code="weights_not_finite",
        )
    return half
