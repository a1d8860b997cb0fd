"""Loading FER2013: valid files, and errors for invalid ones."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from tests.raising import raises
from tests.training.data.archives import GREY
from training.data.fer2013_csv import load_fer2013


def test_each_split_holds_its_own_faces_in_order(write_csv, fer_rows):
    splits = load_fer2013(write_csv(*fer_rows))

    assert {usage: len(faces) for usage, faces in splits.items()} == {
        "Training": 160,
        "PublicTest": 40,
    }
    first = np.array(fer_rows[160].split(",")[1].split(), np.uint8).reshape(48, 48)
    assert np.array_equal(splits["PublicTest"].images[0], first)
    assert splits["PublicTest"].labels[0] == 160 % 7


def test_without_a_usage_column_all_is_training_and_said(write_csv, caplog):
    splits = load_fer2013(write_csv(f"3,{GREY}", f"4,{GREY}", header="emotion,pixels,source"))

    assert {usage: len(faces) for usage, faces in splits.items()} == {"Training": 2}
    assert "no Usage column (its columns: emotion, pixels, source)" in caplog.text


@pytest.mark.parametrize(
    "header", ["emotion, pixels, Usage", " Emotion,PIXELS,usage", "\ufeffemotion,pixels,split"]
)
def test_columns_and_splits_are_found_in_any_case_and_with_spaces(write_csv, header):
    names = ["Training", " training", "PublicTest", "Public Test", "privatetest", "val", "test"]

    splits = load_fer2013(write_csv(*[f"3,{GREY},{name}" for name in names], header=header))

    assert {usage: len(faces) for usage, faces in splits.items()} == {
        "Training": 2,
        "PublicTest": 2,
        "PrivateTest": 1,
        "Validation": 1,
        "Test": 1,
    }


def test_an_unknown_split_is_refused(write_csv):
    path = write_csv(f"0,{GREY},Training", f"0,{GREY},holdout")

    with raises("unknown_split") as caught:
        load_fer2013(path)
    assert f"{path} line 3: Usage is 'holdout', expected one of Training" in str(caught.value)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("8,{grey},Training", "1 with an emotion other than 0 to 6 (line 3: '8')"),
        ("-1,{grey},Training", "1 with an emotion other than 0 to 6 (line 3: '-1')"),
        ("happy,{grey},Training", "1 with an emotion other than 0 to 6 (line 3: 'happy')"),
        ("3,1 2 3,Training", "1 without 2304 (48 x 48) pixels (line 3: 3 pixels)"),
        ("3,{grey} 7,Training", "(line 3: 2305 pixels)"),
        (
            "3,{grey}.5,Training",
            "1 with a pixel that is no whole number from 0 to 255 (line 3: '7.5')",
        ),
        ("3,256{rest},Training", "(line 3: '256')"),
        ("3,-1{rest},Training", "(line 3: '-1')"),
        ("3,99999999999999999999{rest},Training", "(line 3: '99999999999999999999')"),
        ("3,{grey}", "1 without Usage (line 3)"),
        ("3", "(line 3: 0 pixels)"),
        (",,", "1 with an emotion other than 0 to 6 (line 3: '')"),
        ("", "1 empty (line 3)"),
        ('"3,{grey},Training', "1 with an emotion other than 0 to 6 (line 3: "),
    ],
)
def test_a_bad_row_is_left_out_and_named(write_csv, caplog, row, problem):
    bad = row.format(grey=GREY, rest=GREY[1:])
    path = write_csv(f"0,{GREY},Training", bad, f"1,{GREY},Training")

    faces = load_fer2013(path)["Training"]

    assert faces.labels.tolist() == [0, 1]
    assert f"{path}: left out " in caplog.text
    assert problem in caplog.text


def test_many_bad_rows_are_counted_and_the_first_named(write_csv, caplog):
    load_fer2013(write_csv(*[f"{label},{GREY},Training" for label in [0, *[8] * 1234]]))

    assert "1,234 with" in caplog.text
    assert "(line 3: '8', line 4: '8', line 5: '8', ...)" in caplog.text


def test_labels_of_another_numbering_are_refused(write_csv, caplog):
    with raises("other_numbering"):
        load_fer2013(write_csv(*[f"{label},{GREY},Training" for label in range(1, 8)]))
    # CK+ on Kaggle: FER2013's numbers, and 7 is contempt.
    assert (
        len(load_fer2013(write_csv(*[f"{n},{GREY},Training" for n in range(8)]))["Training"]) == 7
    )
    assert "(line 9: '7')" in caplog.text


def test_a_file_without_any_valid_row_says_why(write_csv):
    with raises("no_rows") as caught:
        load_fer2013(write_csv(*["3,1 2 3,Training"] * 3))
    assert "3 without 2304 (48 x 48) pixels (line 2: 3 pixels" in str(caught.value)


def test_an_empty_file_and_one_without_rows_say_so(write_csv, tmp_path):
    empty = tmp_path / "empty.csv"
    empty.touch()

    with raises("missing_columns"):
        load_fer2013(empty)
    with raises("no_rows"):
        load_fer2013(write_csv())


def test_a_file_that_is_not_there_says_so(tmp_path):
    with raises("unreadable_file"):
        load_fer2013(tmp_path / "nix.csv")


def test_a_gzip_with_flipped_bits_says_so(write_csv, fer_rows, tmp_path):
    whole = gzip.compress(write_csv(*fer_rows[:10]).read_bytes())
    middle = len(whole) // 2
    path = tmp_path / "damaged.csv.gz"
    path.write_bytes(whole[:middle] + bytes(255 - byte for byte in whole[middle:]))

    with raises("unreadable_file"):
        load_fer2013(path)


def test_the_real_file_is_whole(shared_data):
    fer = shared_data / "fer2013"

    splits = load_fer2013(fer / "fer2013.csv.gz", fer / "ferplus_votes.csv")

    assert {usage: len(faces) for usage, faces in splits.items()} == {
        "Training": 28529,
        "PublicTest": 3589,
    }
    training = splits["Training"]
    voted = training.votes.sum(axis=1) > 0
    assert voted.mean() > 0.99
    assert np.mean(training.votes[voted].argmax(axis=1) == training.labels[voted]) > 0.6
