"""`moodpi recommend`, as a person would use it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from PIL import Image

from models.emotions import CIRCUMPLEX, EMOTIONS
from tests.moodpi.cli.reading import one_line

TRACK_FIELDS = {"id", "title", "artist", "album", "valence", "arousal", "why", "url"}


def test_a_photo_gives_its_face_its_mood_and_five_tracks(moodpi, portrait) -> None:
    done = moodpi("recommend", "--json", portrait)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer) == {
        "emotion", "confidence", "probabilities", "valence", "arousal", "faces", "strategy",
        "tracks",
    }  # fmt: skip
    assert answer["emotion"] == "happy"
    assert list(answer["probabilities"]) == list(EMOTIONS)
    assert answer["valence"] > 0.2
    assert answer["strategy"] == "match"
    assert len(answer["faces"]) == 1
    assert len(answer["tracks"]) == 5
    assert len({track["artist"] for track in answer["tracks"]}) == 5
    for track in answer["tracks"]:
        assert set(track) == TRACK_FIELDS
        assert len(track["id"]) == 22
        assert track["url"] == f"https://open.spotify.com/track/{track['id']}"
        assert track["why"]


def test_what_a_person_reads(moodpi, portrait) -> None:
    done = moodpi("recommend", portrait)
    assert done.returncode == 0
    assert "face at x " in done.stdout
    assert "█" in done.stdout
    for emotion in EMOTIONS:
        assert f"  {emotion} " in done.stdout
    assert done.stdout.count("https://open.spotify.com/track/") == 5
    assert done.stderr == ""


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_an_emotion_needs_no_photo(moodpi, emotion: str) -> None:
    answer = json.loads(moodpi("recommend", "--emotion", emotion, "--json").stdout)
    assert (answer["emotion"], answer["probabilities"], answer["faces"]) == (emotion, None, [])
    assert (answer["valence"], answer["arousal"]) == CIRCUMPLEX[emotion]


def test_a_seed_repeats_and_n_counts(moodpi) -> None:
    once = moodpi("recommend", "--emotion", "sad", "--seed", 7, "-n", 8, "--json").stdout
    again = moodpi("recommend", "--emotion", "sad", "--seed", 7, "-n", 8, "--json").stdout
    assert once == again
    assert len(json.loads(once)["tracks"]) == 8


@pytest.mark.parametrize("strategy", ["match", "lift", "journey"])
def test_every_strategy_says_why(moodpi, strategy: str) -> None:
    answer = json.loads(
        moodpi("recommend", "--emotion", "sad", "--strategy", strategy, "--json").stdout
    )
    assert answer["strategy"] == strategy
    assert all(track["why"] for track in answer["tracks"])


def test_a_photo_without_a_face_is_one_line(moodpi, tmp_path) -> None:
    Image.new("RGB", (320, 240), (10, 120, 200)).save(tmp_path / "sky.png")
    done = moodpi("recommend", "sky.png")
    assert (done.returncode, done.stdout) == (1, "")
    assert "sky.png: no face found" in one_line(done)


def test_a_single_pixel_has_no_face(moodpi, tmp_path) -> None:
    Image.new("L", (1, 1)).save(tmp_path / "dot.png")
    done = moodpi("recommend", "dot.png")
    assert done.returncode == 1
    assert "no face found" in one_line(done)


def test_the_largest_of_several_faces_decides_and_all_are_reported(moodpi, two_faces) -> None:
    faces = json.loads(moodpi("recommend", two_faces, "--json").stdout)["faces"]
    assert len(faces) == 2
    assert faces[0][2] > faces[1][2]
    assert "the largest of 2" in moodpi("recommend", two_faces).stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["absent.jpg"], "no such file: absent.jpg"),
        (["text.jpg"], "text.jpg is no image"),
        (["--emotion", "sad", "--catalog", "absent.sqlite"], "absent.sqlite"),
        (["--emotion", "sad", "--catalog", "text.jpg"], "text.jpg"),
        (["--emotion", "sad", "--catalog", "other.sqlite"], "other.sqlite"),
    ],
)
def test_bad_files_are_one_line(moodpi, tmp_path: Path, arguments, says) -> None:
    (tmp_path / "text.jpg").write_text("neither a picture nor a catalogue, only words\n" * 50)
    with sqlite3.connect(tmp_path / "other.sqlite") as other:
        other.execute("PRAGMA user_version = 99")
        other.execute("CREATE TABLE t (x)")
    done = moodpi("recommend", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert says in one_line(done)


def test_a_photo_and_an_emotion_are_one_too_many(moodpi, portrait) -> None:
    done = moodpi("recommend", portrait, "--emotion", "sad")
    assert done.returncode == 2
    assert "one of the two" in one_line(done)


def test_a_target_leads_only_where_the_strategy_does(moodpi) -> None:
    refused = moodpi("recommend", "--emotion", "sad", "--target", "happy")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--target happy leads nowhere: add --strategy lift" in refused.stderr
    lifted = moodpi("recommend", "--emotion", "sad", "--target", "happy", "--strategy", "lift")
    assert "from your sad mood to happy" in lifted.stdout


def test_a_catalogue_that_the_configuration_names_and_is_not_there_is_its_error(
    moodpi, tmp_path
) -> None:
    (tmp_path / "m.toml").write_text('[recommend]\ncatalog = "none.sqlite"\n')
    done = moodpi("recommend", "--emotion", "sad", "--config", "m.toml")
    assert done.returncode == 78
    assert 'm.toml: recommend.catalog = "none.sqlite": no such file' in done.stderr
