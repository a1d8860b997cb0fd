"""Weights as named arrays in one .npz file: no pickle, readable without any framework."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moodpi.errors import MoodpiError


def save_arrays(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write the arrays to `path`, whole or not at all."""
    aside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as stream:
            np.savez_compressed(stream, **dict(arrays))  # type: ignore[arg-type]
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise MoodpiError(f"cannot write {path}: {error.strerror}") from error


def load_arrays(path: Path) -> dict[str, NDArray[np.generic]]:
    """Read every array of `path`, or raise MoodpiError that says what is wrong with the file."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except FileNotFoundError as error:
        raise MoodpiError(f"no such file: {path}") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, AttributeError) as error:
        raise MoodpiError(f"{path} is damaged or no .npz file: {error}") from error
