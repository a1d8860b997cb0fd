"""`moodpi recommend`."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from PIL import Image

from models.emotions import CIRCUMPLEX, EMOTIONS
from tests.moodpi.cli.reading import one_line

TRACK_FIELDS = {"id", "title", "artist", "album", "valence", "arousal", "why", "url"}


def test_a_photo_gives_its_face_mood_and_five_tracks(moodpi, portrait) -> None:
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


def test_prints_the_face_its_probabilities_and_the_tracks(moodpi, portrait) -> None:
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


def test_the_same_seed_repeats_and_n_sets_the_number_of_tracks(moodpi) -> None:
    once = moodpi("recommend", "--emotion", "sad", "--seed", 7, "-n", 8, "--json").stdout
    again = moodpi("recommend", "--emotion", "sad", "--seed", 7, "-n", 8, "--json").stdout
    assert once == again
    assert len(json.loads(once)["tracks"]) == 8


@pytest.mark.parametrize("strategy", ["match", "lift", "journey"])
def test_every_strategy_gives_reasons(moodpi, strategy: str) -> None:
    answer = json.loads(
        moodpi("recommend", "--emotion", "sad", "--strategy", strategy, "--json").stdout
    )
    assert answer["strategy"] == strategy
    assert all(track["why"] for track in answer["tracks"])


def test_a_photo_without_a_face_is_an_error(moodpi, tmp_path) -> None:
    Image.new("RGB", (320, 240), (10, 120, 200)).save(tmp_path / "sky.png")
    done = moodpi("recommend", "sky.png")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no face found in sky.png" in one_line(done)


def test_a_single_pixel_has_no_face(moodpi, tmp_path) -> None:
    Image.new("L", (1, 1)).save(tmp_path / "dot.png")
    done = moodpi("recommend", "dot.png")
    assert done.returncode == 1
    assert "no face found" in one_line(done)


def test_the_largest_of_several_faces_is_used_and_all_are_listed(moodpi, two_faces) -> None:
    faces = json.loads(moodpi("recommend", two_faces, "--json").stdout)["faces"]
    assert len(faces) == 2
    assert faces[0][2] > faces[1][2]
    assert "the largest of 2" in moodpi("recommend", two_faces).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent.jpg"], "no such file: absent.jpg"),
        (["text.jpg"], "text.jpg is not an image"),
        (["--emotion", "sad", "--catalog", "absent.sqlite"], "absent.sqlite"),
        (["--emotion", "sad", "--catalog", "text.jpg"], "text.jpg"),
        (["--emotion", "sad", "--catalog", "other.sqlite"], "other.sqlite"),
    ],
)
def test_unusable_files_are_errors(moodpi, tmp_path: Path, arguments, message) -> None:
    (tmp_path / "text.jpg").write_text("neither a picture nor a catalogue\n" * 50)
    with sqlite3.connect(tmp_path / "other.sqlite") as other:
        other.execute("PRAGMA user_version = 99")
        other.execute("CREATE TABLE t (x)")
    done = moodpi("recommend", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in one_line(done)


def test_a_photo_and_an_emotion_exclude_each_other(moodpi, portrait) -> None:
    done = moodpi("recommend", portrait, "--emotion", "sad")
    assert done.returncode == 2
    assert "either PHOTO or --emotion" in one_line(done)


def test_a_target_needs_a_strategy_that_uses_it(moodpi) -> None:
    refused = moodpi("recommend", "--emotion", "sad", "--target", "happy")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--target happy" in one_line(refused)
    lifted = moodpi("recommend", "--emotion", "sad", "--target", "happy", "--strategy", "lift")
    assert "from your sad mood to happy" in lifted.stdout


def test_a_missing_catalogue_of_the_configuration_is_a_configuration_error(
    moodpi, tmp_path
) -> None:
    (tmp_path / "m.toml").write_text('[recommend]\ncatalog = "none.sqlite"\n')
    done = moodpi("recommend", "--emotion", "sad", "--config", "m.toml")
    assert done.returncode == 78
    assert 'm.toml: recommend.catalog = "none.sqlite": no such file' in done.stderr


def test_the_configuration_selects_the_model(moodpi, portrait, tmp_path) -> None:
    (tmp_path / "m.toml").write_text('[model]\nname = "resnet50v2"\n')

    def probabilities(*options: str) -> dict[str, float]:
        done = moodpi("recommend", portrait, "--json", *options)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["probabilities"]

    configured = probabilities("--config", "m.toml")
    assert configured == probabilities("--model", "resnet50v2")
    assert configured != probabilities()
    assert probabilities("--config", "m.toml", "--model", "simple_cnn") == probabilities()


@pytest.mark.parametrize(("key", "option"), [("name", "--model"), ("format", "--format")])
def test_an_unknown_model_is_an_error_of_the_one_who_names_it(
    moodpi, portrait, tmp_path, key, option
) -> None:
    (tmp_path / "m.toml").write_text(f'[model]\n{key} = "nonsense"\n')
    configured = moodpi("recommend", portrait, "--config", "m.toml")
    assert configured.returncode == 78
    assert f"m.toml: model.{key}: " in one_line(configured)
    named = moodpi("recommend", portrait, option, "nonsense")
    assert named.returncode == 2
    assert "nonsense" in one_line(named)
