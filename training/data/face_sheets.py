"""Labelled faces as PNG sheets, for machines that have NumPy but no image library."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moodpi.errors import MoodpiError
from moodpi.files import write_atomic
from training.data.faces import SIDE, Faces, Splits

LABELS = "faces.npz"
FACES_PER_ROW = 64
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# The filter of PNG that stores differences to the row above, which NumPy adds up at once.
FILTER_UP = 2
# What NumPy, zipfile, zlib and struct raise for damaged files.
DAMAGED = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, struct.error)


def is_sheets(folder: Path) -> bool:
    """Whether a folder holds what `write_sheets` wrote."""
    return (folder / LABELS).is_file()


def write_sheets(folder: Path, splits: Splits) -> None:
    """Write one PNG of all faces of each split, and their labels and votes."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray[np.generic]] = {}
    for split, faces in splits.items():
        arrays |= {f"{split}/labels": faces.labels.astype(np.uint8), f"{split}/votes": faces.votes}
        write_atomic({folder / f"{split}.png": encode_png(_tiled(faces.images))})
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    write_atomic({folder / LABELS: stream.getvalue()})


def load_sheets(folder: Path) -> dict[str, Faces]:
    """The splits that `write_sheets` wrote. Raises MoodpiError if a file is damaged."""
    try:
        with np.load(folder / LABELS, allow_pickle=False) as arrays:
            names = [name.removesuffix("/labels") for name in arrays if name.endswith("/labels")]
            if not names:
                raise ValueError(f"{LABELS} has no labels")
            return {
                name: Faces(
                    _cut(decode_png((folder / f"{name}.png").read_bytes()))[
                        : len(arrays[f"{name}/labels"])
                    ],
                    arrays[f"{name}/labels"].astype(np.int64),
                    arrays[f"{name}/votes"],
                )
                for name in names
            }
    except DAMAGED as error:
        raise MoodpiError(
            f"cannot read the face sheets in {folder} ({error}): make them again with "
            "`python -m training.package_for_accelerator`",
            code="sheets_damaged",
        ) from error


def encode_png(image: NDArray[np.uint8]) -> bytes:
    """A grey image [height, width] as PNG, every row with the filter "up"."""
    height, width = image.shape
    rows = np.full((height, width + 1), FILTER_UP, np.uint8)
    rows[0, 1:] = image[0]
    rows[1:, 1:] = image[1:] - image[:-1]
    compressor = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_FILTERED)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    content = compressor.compress(rows.tobytes()) + compressor.flush()
    chunks = ((b"IHDR", header), (b"IDAT", content), (b"IEND", b""))
    return PNG_SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def decode_png(png: bytes) -> NDArray[np.uint8]:
    """The image of a PNG of `encode_png`, uint8 [height, width].

    Raises ValueError for other PNGs, zlib.error or struct.error for damaged ones.
    """
    width, height = struct.unpack(">II", png[16:24])
    (size,) = struct.unpack(">I", png[33:37])
    content = np.frombuffer(zlib.decompress(png[41 : 41 + size]), np.uint8)
    rows = content.reshape(height, width + 1)
    if not (rows[:, 0] == FILTER_UP).all():
        raise ValueError("a PNG with other filters than 'up'")
    return np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8)


def _tiled(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Images [n, SIDE, SIDE] side by side, FACES_PER_ROW in each row; empty places are black."""
    padded = np.pad(images, ((0, -len(images) % FACES_PER_ROW), (0, 0), (0, 0)))
    tiles = padded.reshape(-1, FACES_PER_ROW, SIDE, SIDE).swapaxes(1, 2)
    return tiles.reshape(-1, FACES_PER_ROW * SIDE)


def _cut(sheet: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The inverse of `_tiled`, with the empty places."""
    tiles = sheet.reshape(-1, SIDE, FACES_PER_ROW, SIDE).swapaxes(1, 2)
    return np.ascontiguousarray(tiles.reshape(-1, SIDE, SIDE))
