"""Folders of pictures as data: Kaggle's, and people's own."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError, UsageError
from training.data.class_names import emotion_called
from training.data.dataset import load_faces

CLASSES = ("Anger", "disgust", "fearful", "Happiness", "sadness", "surprised", "neutral")


@pytest.fixture
def folder(tmp_path):
    """Write pictures of one grey value; the folder's path."""

    def write(*files: str, side: int = 48):
        for number, name in enumerate(files):
            path = tmp_path / "faces" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), np.full((side, side), number % 256, np.uint8))
        return tmp_path / "faces"

    return write


@pytest.mark.parametrize(
    ("name", "emotion"),
    [
        ("Happiness", "happy"),
        ("sadness", "sad"),
        ("SURPRISED", "surprise"),
        ("3_happy", "happy"),
        ("6", "neutral"),
        ("7", None),
        ("contempt", None),
    ],
)
def test_classes_go_by_many_names(name, emotion):
    assert emotion_called(name) == emotion


def test_kaggles_folders_are_splits_and_classes(folder):
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


def test_the_tenth_cut_off_is_the_same_every_time_and_shares_no_face(folder):
    path = folder(*[f"train/happy/{n}.png" for n in range(30)])
    first, second = load_faces(path), load_faces(path)

    assert np.array_equal(first["Validation"].images, second["Validation"].images)
    values = {int(image[0, 0]) for image in first["Training"].images}
    assert values.isdisjoint(int(image[0, 0]) for image in first["Validation"].images)


def test_a_files_name_is_believed_before_its_folder(folder):
    splits = load_faces(
        folder(
            "train/sad/Training_1.jpg", "test/sad/PublicTest_2.jpg", "test/sad/PrivateTest_3.jpg"
        )
    )

    assert {usage: len(faces) for usage, faces in splits.items()} == {
        "Training": 1,
        "PrivateTest": 1,
        "PublicTest": 1,
    }


def test_pictures_of_other_sizes_become_48_by_48(folder):
    assert load_faces(folder("train/fear/a.png", side=90))["Training"].images.shape == (1, 48, 48)


def test_what_cannot_be_read_is_named_and_the_rest_is_used(folder, caplog):
    path = folder("train/happy/a.png")
    (path / "train/happy/broken.png").write_bytes(b"no picture")
    (path / "train/happy/empty.jpg").touch()
    (path / "train/contempt").mkdir()

    assert len(load_faces(path)["Training"]) == 1
    assert "2 files are no pictures that can be read" in caplog.text
    assert "broken.png" in caplog.text
    assert "contempt is left out: it is called like no emotion" in caplog.text


def test_a_folder_without_faces_says_what_is_expected(tmp_path):
    with pytest.raises(MoodpiError, match="holds no faces: expected train/CLASS"):
        load_faces(tmp_path)


def test_votes_do_not_go_with_folders(folder, tmp_path):
    with pytest.raises(UsageError, match="go with the CSV, row for row"):
        load_faces(folder("train/happy/a.png"), tmp_path / "votes.csv")
