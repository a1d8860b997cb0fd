"""Films are turned and mirrored as their display matrix says, with every OpenCV."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.sources.display_matrix import is_mirrored
from tests.edge.footage import every_frame
from tests.mutations import mutations

# a, b, c, d of the matrix: x' = ax + cy, y' = bx + dy.
TURNED = [(1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0)]
MIRRORED = [(-1, 0, 0, 1), (1, 0, 0, -1), (0, 1, 1, 0), (0, -1, -1, 0)]
IN_TKHD = len("tkhd") + 40


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """A grey picture without any symmetry."""
    grey = np.full((64, 96), 60, np.uint8)
    grey[:20, :30], grey[:20, 60:] = 250, 150
    return grey


@pytest.fixture(scope="module")
def film(tmp_path_factory, picture) -> bytes:
    path = tmp_path_factory.mktemp("matrix") / "film.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (96, 64))
    for _ in range(3):
        writer.write(np.repeat(picture[..., None], 3, axis=2))
    writer.release()
    return path.read_bytes()


def with_matrix(film: bytes, matrix: tuple[int, ...]) -> bytes:
    a, b, c, d = (value << 16 for value in matrix)
    at = film.index(b"tkhd") + IN_TKHD
    return film[:at] + struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30) + film[at + 36 :]


def displayed(picture: np.ndarray, matrix: tuple[int, ...]) -> np.ndarray:
    a, b, c, d = matrix
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    columns, rows = a * x + c * y, b * x + d * y
    columns, rows = columns - columns.min(), rows - rows.min()
    shown = np.zeros((rows.max() + 1, columns.max() + 1), np.uint8)
    shown[rows, columns] = picture
    return shown


@pytest.mark.parametrize("matrix", [*TURNED, *MIRRORED], ids=str)
def test_a_frame_is_as_its_film_is_displayed(tmp_path: Path, film, picture, matrix) -> None:
    path = tmp_path / "turned.mp4"
    path.write_bytes(with_matrix(film, matrix))
    first, *_ = every_frame(path)
    expected = displayed(picture, matrix)
    assert first.grey.shape == expected.shape
    assert cv2.absdiff(np.ascontiguousarray(first.grey), expected).mean() < 12


def test_a_film_of_another_format_is_not_mirrored(film) -> None:
    for content in (b"", b"RIFF" + bytes(100), bytes(100), film[:40], b"\0\0\0\1moov"):
        assert not is_mirrored(io.BytesIO(content))


def test_a_damaged_film_is_no_error(film) -> None:
    mirrored = with_matrix(film, MIRRORED[0])
    for damaged in mutations([mirrored], 300):
        is_mirrored(io.BytesIO(damaged))
    for end in range(0, len(mirrored), 16):
        is_mirrored(io.BytesIO(mirrored[:end]))
