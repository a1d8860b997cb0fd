"""FER+ votes: shares in the order of the emotions, and tables that do not fit the faces."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.raising import raises
from tests.training.data.archives import GREY
from training.data.fer2013_csv import load_fer2013

VOTES = "neutral,happiness,surprise,sadness,anger,disgust,fear"


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


def test_votes_belong_to_the_same_row_if_rows_are_left_out(write_csv, tmp_path):
    faces = write_csv(f"0,{GREY},Training", "", f"9,{GREY},Training", f"1,{GREY},Training")
    votes = votes_file(tmp_path, "9,0,0,0,1,0,0", "", "0,9,0,0,0,0,0", "0,0,0,0,0,4,0")

    shares = load_fer2013(faces, votes)["Training"].votes

    assert shares.argmax(axis=1).tolist() == [6, 1]


def test_a_votes_row_that_cannot_be_read_is_named(write_csv, tmp_path):
    faces = write_csv(f"0,{GREY},Training")
    votes = votes_file(tmp_path, "")
    votes.write_bytes(VOTES.encode() + b"\n1,1,\xff,1,1,1,1\n")

    with raises("invalid_row") as caught:
        load_fer2013(faces, votes)
    assert "line 2" in str(caught.value)
