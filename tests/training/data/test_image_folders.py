"""Loading image folders: Kaggle's FER2013, and other data in the same layout."""

from __future__ import annotations

import os

import cv2
import numpy as np
import pytest

from models.emotions import EMOTIONS
from moodpi.errors import UsageError
from tests.raising import raises
from training.data.loading import load_faces, load_splits

CLASSES = ("Anger", "disgust", "fearful", "Happiness", "sadness", "surprised", "neutral")


@pytest.fixture
def folder(tmp_path):
    """Write images of one grey value; return the folder."""

    def write(*files: str, side: int = 48):
        for number, name in enumerate(files):
            path = tmp_path / "faces" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), np.full((side, side), number % 256, np.uint8))
        return tmp_path / "faces"

    return write


def test_loads_kaggles_folders(folder):
    files = [
        f"{split}/{name}/{n}.png"
        for split in ("train", "test")
        for name in CLASSES
        for n in range(20)
    ]
    splits = load_faces(folder(*files))

    assert {usage: len(faces) for usage, faces in splits.items()} == {
        "Training": 126,
        "Validation": 14,
        "Test": 140,
    }
    assert np.bincount(splits["Validation"].labels).tolist() == [2] * len(EMOTIONS)
    assert splits["Test"].images.dtype == np.uint8
    assert splits["Test"].images.shape == (140, 48, 48)


def test_the_validation_split_is_reproducible_and_disjoint(folder):
    path = folder(*[f"train/happy/{n}.png" for n in range(30)])
    first, second = load_faces(path), load_faces(path)

    assert np.array_equal(first["Validation"].images, second["Validation"].images)
    values = {int(image[0, 0]) for image in first["Training"].images}
    assert values.isdisjoint(int(image[0, 0]) for image in first["Validation"].images)


def test_the_split_in_a_file_name_has_precedence(folder):
    splits = load_splits(
        folder(
            "train/sad/Training_1.jpg", "test/sad/PublicTest_2.jpg", "test/sad/PrivateTest_3.jpg"
        )
    )

    assert {usage: len(faces) for usage, faces in splits.items()} == {
        "Training": 1,
        "PrivateTest": 1,
        "PublicTest": 1,
    }


def test_resizes_images_to_48_by_48(folder):
    assert load_splits(folder("train/fear/a.png", side=90))["Training"].images.shape == (1, 48, 48)


def test_files_that_are_not_readable_are_counted_and_named(folder, caplog, capfd):
    path = folder("train/happy/a.png")
    damaged = bytearray((path / "train/happy/a.png").read_bytes())
    damaged[20] ^= 1
    (path / "train/happy/damaged.png").write_bytes(damaged)
    (path / "train/happy/broken.png").write_bytes(b"no picture")
    (path / "train/happy/empty.jpg").touch()
    os.mkfifo(path / "train/happy/pipe.jpg")

    assert len(load_splits(path)["Training"]) == 1
    assert f"{path}: left out 4 not readable as an image (" in caplog.text
    assert "broken.png" in caplog.text
    assert capfd.readouterr().err == ""


def test_refuses_a_folder_without_readable_images(folder, tmp_path):
    with raises("no_faces"):
        load_faces(tmp_path)
    path = folder("train/happy/a.png")
    (path / "train/happy/a.png").write_bytes(b"no picture")
    with raises("no_faces"):
        load_faces(path)


def test_refuses_votes_for_folders(folder, tmp_path):
    with raises("votes_need_csv", UsageError):
        load_faces(folder("train/happy/a.png"), tmp_path / "votes.csv")
