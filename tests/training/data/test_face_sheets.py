"""Faces as PNG sheets: what is written is what is read, and damaged sheets."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.raising import raises
from training.data.face_sheets import encode_png, load_sheets, write_sheets
from training.data.faces import Faces
from training.data.loading import load_faces


@pytest.fixture
def splits() -> dict[str, Faces]:
    random = np.random.default_rng(1)

    def faces(n: int) -> Faces:
        images = random.integers(0, 256, (n, 48, 48), dtype=np.uint8)
        votes = random.random((n, 7), dtype=np.float32)
        return Faces(images, random.integers(0, 7, n), votes)

    return {"Training": faces(70), "PublicTest": faces(3)}


def test_sheets_hold_the_same_faces(splits, tmp_path):
    write_sheets(tmp_path, splits)

    loaded = load_faces(tmp_path)

    assert loaded.keys() == splits.keys()
    for name, faces in splits.items():
        for field in ("images", "labels", "votes"):
            assert np.array_equal(getattr(loaded[name], field), getattr(faces, field))


def test_a_sheet_is_an_ordinary_png():
    image = np.random.default_rng(1).integers(0, 256, (96, 144), dtype=np.uint8)

    decoded = cv2.imdecode(np.frombuffer(encode_png(image), np.uint8), cv2.IMREAD_UNCHANGED)

    assert np.array_equal(decoded, image)


@pytest.mark.parametrize("name", ["Training.png", "faces.npz"])
def test_damaged_sheets_are_refused(splits, tmp_path, name):
    write_sheets(tmp_path, splits)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])

    with raises("sheets_damaged"):
        load_sheets(tmp_path)


def test_labels_of_another_program_are_refused(tmp_path):
    np.savez(tmp_path / "faces.npz", points=np.zeros(3))

    with raises("sheets_damaged"):
        load_sheets(tmp_path)


def test_a_png_of_another_program_is_refused(splits, tmp_path):
    write_sheets(tmp_path, splits)
    image = np.random.default_rng(1).integers(0, 256, (96, 3072), dtype=np.uint8)
    cv2.imwrite(str(tmp_path / "Training.png"), image)

    with raises("sheets_damaged"):
        load_sheets(tmp_path)
