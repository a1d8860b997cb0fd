"""Duplicate images: which copy remains, which label it has, and which faces are unseen."""

from __future__ import annotations

import numpy as np
import pytest

from models.emotions import EMOTIONS
from tests.training.data.grey_faces import grey_faces
from training.data.duplicates import unseen_rows, without_duplicates
from training.data.faces import Faces, summary_lines


@pytest.fixture
def splits() -> dict[str, Faces]:
    return {"Training": grey_faces(1, 1, 2, 3), "PublicTest": grey_faces(3, 4, 4)}


def values(faces: Faces) -> list[int]:
    return [int(image[0, 0]) for image in faces.images]


def test_one_copy_remains_and_other_splits_precede_training(splits):
    unique, contradictions = without_duplicates(splits)

    assert values(unique["Training"]) == [1, 2]
    assert values(unique["PublicTest"]) == [3, 4]
    assert len(summary_lines(unique)) == 3
    assert contradictions == []


def test_unseen_faces_are_those_that_are_not_in_training(splits):
    assert unseen_rows(splits, "PublicTest").tolist() == [False, True, True]
    assert unseen_rows(splits, "Training").all()
    assert unseen_rows({"PublicTest": splits["PublicTest"]}, "PublicTest").all()


@pytest.mark.parametrize(
    ("votes", "label", "result"),
    [
        ("sad sad sad", "sad", "sad, by FER+'s votes"),
        ("angry sad angry", "angry", "angry, by FER+'s votes"),
        ("happy happy happy", None, "left out"),
        ("- - -", None, "left out"),
        ("sad angry -", None, "left out"),
    ],
)
def test_votes_decide_between_contradicting_labels(votes, label, result):
    faces = grey_faces(1, 1, 1, 2, labels="angry sad sad fear", votes=f"{votes} fear")

    unique, contradictions = without_duplicates({"Training": faces})

    labels = [EMOTIONS[index] for index in unique["Training"].labels]
    assert labels == ([label, "fear"] if label else ["fear"])
    assert [str(each) for each in contradictions] == [
        f"Training faces 0, 1, 2: angry or sad: {result}"
    ]


def test_a_contradiction_with_another_split_is_not_listed():
    splits = {
        "Training": grey_faces(1, 1, 2, labels="angry sad sad"),
        "PublicTest": grey_faces(1, labels="happy"),
    }

    unique, contradictions = without_duplicates(splits)

    assert values(unique["Training"]) == [2]
    assert contradictions == []
    assert np.array_equal(unique["PublicTest"].labels, splits["PublicTest"].labels)
