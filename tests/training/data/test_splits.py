"""The split of a command, and the split for validation of small data."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.raising import raises
from tests.training.data.grey_faces import grey_faces
from training.data.duplicates import unseen_rows, without_duplicates
from training.data.faces import Splits
from training.data.splits import evaluation_split, require_split, with_validation_split

DATA = Path("data.csv")


def sizes(splits: Splits) -> dict[str, int]:
    return {name: len(faces) for name, faces in splits.items()}


@pytest.mark.parametrize(
    ("labels", "held_out"),
    [("sad sad", 1), ("sad sad happy fear", 1), ("sad sad happy happy happy", 2)],
)
def test_no_split_is_empty_however_few_the_faces(labels, held_out):
    count = len(labels.split())
    training = grey_faces(*range(count), labels=labels)

    splits = with_validation_split({"Training": training}, DATA)

    assert sizes(splits) == {"Training": count - held_out, "Validation": held_out}


@pytest.mark.parametrize("labels", ["sad", "sad happy fear"])
def test_too_few_faces_to_hold_one_out_are_refused(labels):
    faces = grey_faces(*range(len(labels.split())), labels=labels)
    with raises("too_few_faces"):
        with_validation_split({"Training": faces}, DATA)


@pytest.mark.parametrize("name", ["Training", "Test", "PrivateTest"])
def test_all_of_an_only_split_is_evaluated_and_said(caplog, name):
    caplog.set_level("INFO")

    chosen, splits = evaluation_split({name: grey_faces(1)}, None, DATA)

    assert (chosen, sizes(splits)) == (name, {name: 1})
    assert f"data.csv has one split, {name}: all of it is used, 1 faces" in caplog.text


def test_of_several_splits_the_one_for_validation_is_evaluated():
    training, other = grey_faces(1, 2), grey_faces(3)

    assert evaluation_split({"Training": training, "PublicTest": other}, None, DATA)[0] == (
        "PublicTest"
    )
    name, splits = evaluation_split({"Training": training, "Test": other}, None, DATA)
    assert (name, sizes(splits)) == ("Validation", {"Training": 1, "Validation": 1, "Test": 1})
    assert evaluation_split({"Training": training, "Test": other}, "Test", DATA)[0] == "Test"
    assert evaluation_split({"Training": training}, "Validation", DATA)[0] == "Validation"


def test_a_missing_split_names_those_there_are():
    splits = {"Training": grey_faces(1, 2), "PublicTest": grey_faces(3)}

    for find in (
        lambda: require_split(splits, "Test", DATA),
        lambda: evaluation_split(splits, "Test", DATA),
    ):
        with raises("no_such_split") as caught:
            find()
        assert "expected one of Training, PublicTest" in str(caught.value)


def test_splits_that_duplicates_would_empty_are_refused():
    same = {"Training": grey_faces(1, 2), "PublicTest": grey_faces(1, 2, 2)}

    with raises("no_unseen_faces"):
        unseen_rows(same, "PublicTest")
    with raises("no_faces"):
        without_duplicates(same)
