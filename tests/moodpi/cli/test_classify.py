"""`moodpi classify`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from models.emotions import EMOTIONS
from tests.moodpi.cli.reading import one_line


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    Image.new("L", (640, 480), 128).save(tmp_path / "blank.png")
    return tmp_path / "blank.png"


def test_lists_all_faces_in_the_order_of_the_arguments(moodpi, portrait, blank) -> None:
    done = moodpi("classify", "--json", blank, portrait)
    assert done.returncode == 0
    without_face, with_face = json.loads(done.stdout)
    assert without_face == {"image": str(blank), "faces": []}
    assert with_face["image"] == str(portrait)
    (face,) = with_face["faces"]
    assert set(face) == {"box", "emotion", "confidence", "probabilities"}
    assert face["emotion"] == "happy"
    assert list(face["probabilities"]) == list(EMOTIONS)
    assert face["confidence"] == max(face["probabilities"].values())
    assert all(isinstance(value, int) for value in face["box"])


def test_no_detect_classifies_the_whole_image(moodpi, portrait) -> None:
    done = moodpi("classify", "--json", "--no-detect", portrait)
    (face,) = json.loads(done.stdout)[0]["faces"]
    assert face["box"] is None
    assert face["emotion"] in EMOTIONS


def test_an_unreadable_image_is_reported_and_the_others_are_classified(
    moodpi, tmp_path, portrait
) -> None:
    (tmp_path / "text.jpg").write_text("no picture")
    done = moodpi("classify", "--json", "text.jpg", "absent.jpg", portrait)
    assert done.returncode == 1
    text, absent, good = json.loads(done.stdout)
    assert "is not an image" in text["error"]
    assert "no such file" in absent["error"]
    assert good["faces"][0]["emotion"] == "happy"
    assert len(done.stderr.strip().splitlines()) == 2


def test_a_folder_stands_for_its_pictures_in_order(moodpi, tmp_path, portrait) -> None:
    folder = tmp_path / "album"
    folder.mkdir()
    for name in ("b.jpg", "a.jpg"):
        (folder / name).write_bytes(portrait.read_bytes())
    (folder / "notes.txt").write_text("not a picture")
    done = moodpi("classify", folder)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert [Path(line.split(":")[0]).name for line in lines] == ["a.jpg", "b.jpg"]
    assert all("happy" in line for line in lines)


def test_an_empty_folder_is_reported_and_the_rest_is_classified(moodpi, tmp_path, portrait) -> None:
    (tmp_path / "empty").mkdir()
    done = moodpi("classify", "--json", "empty", portrait)
    assert done.returncode == 1
    assert "empty has no pictures" in one_line(done)
    empty, good = json.loads(done.stdout)
    assert "has no pictures" in empty["error"]
    assert good["faces"][0]["emotion"] == "happy"


def test_an_image_without_a_face_is_not_an_error(moodpi, blank) -> None:
    done = moodpi("classify", blank)
    assert (done.returncode, done.stdout) == (0, f"{blank}: no face found\n")


def test_several_faces_are_listed_largest_first(moodpi, two_faces) -> None:
    done = moodpi("classify", "--json", two_faces)
    boxes = [face["box"] for face in json.loads(done.stdout)[0]["faces"]]
    assert len(boxes) == 2
    assert boxes[0][2] > boxes[1][2]


def test_a_face_that_is_only_found_in_a_turned_photo_says_so(moodpi, tmp_path, portrait) -> None:
    Image.open(portrait).convert("L").rotate(180).save(tmp_path / "turned.png")
    (face,) = json.loads(moodpi("classify", "--json", "turned.png").stdout)[0]["faces"]
    assert face["search"] == {"turn": 180, "margin": False, "leaning": False}
    assert face["emotion"] == "happy"
    assert face["box"][0] > 230  # at the left in the portrait
    assert "turned 180°" in moodpi("classify", "turned.png").stdout


def test_a_folder_names_what_it_leaves_out_and_what_cannot_be_read(
    moodpi, tmp_path, portrait
) -> None:
    folder = tmp_path / "album"
    (folder / "older").mkdir(parents=True)
    (folder / "a.jpg").write_bytes(portrait.read_bytes())
    (folder / "b.avif").write_bytes(b"\0\0\0\x18ftypavif" + bytes(99))
    (folder / "notes.txt").write_text("not a picture")
    done = moodpi("classify", "album")
    assert done.returncode == 1
    left_out, error, summary = done.stderr.splitlines()
    assert "notes.txt, older" in left_out
    assert "album/b.avif" in error
    assert summary == "moodpi: album: 1 of 2 pictures cannot be read: b.avif"


def test_the_configuration_selects_the_model(moodpi, portrait, tmp_path) -> None:
    (tmp_path / "m.toml").write_text('[model]\nformat = "float16.tflite"\n')

    def face(*options: str) -> dict[str, object]:
        done = moodpi("classify", portrait, "--json", *options)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)[0]["faces"][0]

    configured = face("--config", "m.toml")
    assert configured == face("--format", "float16.tflite")
    assert configured != face()
    assert face("--config", "m.toml", "--format", "int8.tflite") == face()


def test_an_unknown_model_of_the_configuration_is_a_configuration_error(
    moodpi, portrait, tmp_path
) -> None:
    (tmp_path / "m.toml").write_text('[model]\nname = "nonsense"\n')
    done = moodpi("classify", portrait, "--config", "m.toml")
    assert (done.returncode, done.stdout) == (78, "")
    assert "m.toml: model.name: " in one_line(done)
