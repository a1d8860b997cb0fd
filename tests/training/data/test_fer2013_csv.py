"""Loading FER2013: valid files, and errors for invalid ones."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest

from moodpi.errors import MoodpiError
from tests.raising import raises
from training.data.faces import require_split
from training.data.fer2013_csv import load_fer2013

GREY = " ".join(["7"] * 48 * 48)
VOTES = "neutral,happiness,surprise,sadness,anger,disgust,fear"


def test_each_split_holds_its_own_faces_in_order(write_csv, fer_rows):
    splits = load_fer2013(write_csv(*fer_rows))

    assert {usage: len(faces) for usage, faces in splits.items()} == {
        "Training": 160,
        "PublicTest": 40,
    }
    first = np.array(fer_rows[160].split(",")[1].split(), np.uint8).reshape(48, 48)
    assert np.array_equal(splits["PublicTest"].images[0], first)
    assert splits["PublicTest"].labels[0] == 160 % 7


def test_a_gzipped_file_reads_the_same(write_csv, fer_rows, tmp_path):
    plain = write_csv(*fer_rows[:10])
    zipped = tmp_path / "fer2013.csv.gz"
    zipped.write_bytes(gzip.compress(plain.read_bytes()))

    assert np.array_equal(
        load_fer2013(zipped)["Training"].images, load_fer2013(plain)["Training"].images
    )


def test_a_zipped_file_reads_the_same(write_csv, fer_rows, tmp_path):
    plain = write_csv(*fer_rows[:10])
    zipped = tmp_path / "fer2013.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.write(plain, "fer2013/fer2013.csv")

    assert np.array_equal(
        load_fer2013(zipped)["Training"].images, load_fer2013(plain)["Training"].images
    )


@pytest.mark.parametrize(
    ("names", "complaint"),
    [([], "none"), (["a.csv", "b.csv"], "a.csv, b.csv")],
)
def test_an_archive_must_hold_one_csv(tmp_path, names, complaint):
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "")
    with raises("not_one_csv") as caught:
        load_fer2013(tmp_path / "f.zip")
    assert complaint in str(caught.value)


def test_what_is_no_archive_says_so(tmp_path):
    (tmp_path / "f.zip").write_bytes(b"PK nothing")
    with raises("not_an_archive"):
        load_fer2013(tmp_path / "f.zip")


def test_without_a_usage_column_all_is_training(write_csv):
    splits = load_fer2013(write_csv(f"3,{GREY}", f"4,{GREY}", header="emotion,pixels"))
    assert {usage: len(faces) for usage, faces in splits.items()} == {"Training": 2}


def test_a_byte_order_mark_is_no_part_of_the_first_column(write_csv):
    assert len(load_fer2013(write_csv(f"3,{GREY},Training", header="\ufeffemotion,pixels,Usage")))


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("7,{grey},Training", "line 3: emotion is '7', expected 0 to 6"),
        ("-1,{grey},Training", "line 3: emotion is '-1', expected 0 to 6"),
        ("happy,{grey},Training", "line 3: emotion is 'happy', expected 0 to 6"),
        ("3,1 2 3,Training", "line 3: 3 pixels, expected 2304"),
        ("3,{grey} 7,Training", "line 3: 2305 pixels, expected 2304"),
        ("3,{grey}.5,Training", "line 3: pixels are not all whole numbers"),
        ("3,256{rest},Training", "line 3: a pixel is outside 0..255"),
        ("3,99999999999999999999{rest},Training", "line 3: "),
        ("3,{grey}", "line 3: Usage is empty"),
        ("3", "line 3: 0 pixels, expected 2304"),
    ],
)
def test_a_bad_row_is_named_by_its_line(write_csv, row, complaint):
    path = write_csv(f"0,{GREY},Training", row.format(grey=GREY, rest=GREY[1:]))

    with raises("invalid_row") as caught:
        load_fer2013(path)

    assert f"{path} {complaint}" in str(caught.value)


def test_missing_columns_are_named(write_csv):
    with raises("missing_columns"):
        load_fer2013(write_csv("1,2", header="emotion,picture"))


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


@pytest.mark.parametrize("damage", ["cut off", "not gzip", "flipped bits"])
def test_a_damaged_gzip_says_so(write_csv, fer_rows, tmp_path, damage):
    whole = gzip.compress(write_csv(*fer_rows[:10]).read_bytes())
    middle = len(whole) // 2
    content = {
        "cut off": whole[:middle],
        "not gzip": b"emotion,pixels,Usage\n",
        "flipped bits": whole[:middle] + bytes(255 - b for b in whole[middle:]),
    }[damage]
    path = tmp_path / "damaged.csv.gz"
    path.write_bytes(content)

    with pytest.raises(MoodpiError, match=r"damaged\.csv\.gz"):
        load_fer2013(path)


def test_a_missing_split_names_those_there_are(write_csv):
    path = write_csv(f"0,{GREY},Training")

    with raises("no_such_split"):
        require_split(load_fer2013(path), "PublicTest", path)


def votes_file(folder: Path, *rows: str, header: str = VOTES) -> Path:
    path = folder / "votes.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_votes_become_shares_in_the_order_of_the_emotions(write_csv, tmp_path):
    faces = write_csv(f"0,{GREY},Training", f"1,{GREY},Training")

    votes = load_fer2013(faces, votes_file(tmp_path, "4,0,0,1,3,2,0", ",,,,,,"))["Training"].votes

    assert votes[0] == pytest.approx([0.3, 0.2, 0, 0, 0.1, 0, 0.4])
    assert not votes[1].any()


@pytest.mark.parametrize("rows", [1, 3])
def test_votes_must_be_one_row_a_face(write_csv, tmp_path, rows):
    faces = write_csv(f"0,{GREY},Training", f"1,{GREY},Training")

    with raises("wrong_row_count"):
        load_fer2013(faces, votes_file(tmp_path, *["1,1,1,1,1,1,1"] * rows))


def test_a_vote_that_is_no_count_is_named_by_its_line(write_csv, tmp_path):
    faces = write_csv(f"0,{GREY},Training")

    with raises("invalid_row") as caught:
        load_fer2013(faces, votes_file(tmp_path, "1,1,1,many,1,1,1"))
    assert "line 2: sadness is 'many'" in str(caught.value)


def test_votes_without_their_columns_say_which(write_csv, tmp_path):
    faces = write_csv(f"0,{GREY},Training")

    with raises("missing_columns"):
        load_fer2013(faces, votes_file(tmp_path, "1,1,1,1,1", header=VOTES[:-13]))


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
