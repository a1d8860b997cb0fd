"""The file of the resting face: written whole, read with distrust."""

from __future__ import annotations

import json
import logging
import os
import stat
from pathlib import Path

import numpy as np
import pytest

from edge.mood.resting_face import USUAL
from edge.mood.resting_face_file import RestingFaceFile, RestingFaceRecord
from edge.vision.model_identity import ModelIdentity
from tests.raising import raises

MODEL = ModelIdentity("simple_cnn int8.tflite", "0123456789abcdef" * 4)
RECORD = RestingFaceRecord("calibrated", MODEL, 1_764_000_000.0, 10.0, USUAL)


@pytest.fixture
def file(tmp_path: Path) -> RestingFaceFile:
    return RestingFaceFile(tmp_path / "state" / "resting-face.json")


def test_a_saved_record_is_loaded(file: RestingFaceFile) -> None:
    assert file.load() is None
    file.save(RECORD)
    loaded = file.load()
    assert loaded is not None
    assert (loaded.origin, loaded.model, loaded.time) == ("calibrated", MODEL, RECORD.time)
    assert loaded.mean_log_probabilities == pytest.approx(USUAL, abs=1e-4)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_the_file_holds_seven_numbers_and_where_they_come_from(file: RestingFaceFile) -> None:
    file.save(RECORD)
    document = json.loads(file.path.read_bytes())
    means = document.pop("mean_log_probabilities")
    assert len(means) == 7
    assert all(isinstance(mean, float) for mean in means.values())
    assert set(document) == {"origin", "model", "sha256", "time", "seconds"}
    assert file.path.stat().st_size < 600


def test_a_deleted_record_is_gone(file: RestingFaceFile) -> None:
    file.save(RECORD)
    file.delete()
    assert file.load() is None
    file.delete()


DAMAGES = {
    "empty": b"",
    "cut": b'{"origin": "calibrated", "mo',
    "other": b"[1, 2]",
    "binary": bytes(range(256)),
    "huge": b" " * 20_000,
    "deep": b"[" * 9_000,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_kept_aside_with_one_line(
    file: RestingFaceFile, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file.save(RECORD)
    file.path.write_bytes(damage)
    with caplog.at_level(logging.WARNING):
        assert file.load() is None
    assert len(caplog.records) == 1
    assert "\n" not in caplog.records[0].getMessage()
    (aside,) = file.path.parent.glob("resting-face.json.damaged-*")
    assert aside.read_bytes() == damage


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("origin", "guessed"),
        ("origin", None),
        ("sha256", "x" * 64),
        ("model", "a\x1b[2J"),
        ("model", 7),
        ("time", "today"),
        ("time", -1),
        ("time", 1e12),
        ("time", 10**400),
        ("seconds", True),
        ("seconds", 1e300),
        ("seconds", float("nan")),
        ("mean_log_probabilities", {}),
        ("mean_log_probabilities", {"sad": 0}),
        ("mean_log_probabilities", [0] * 7),
    ],
)
def test_any_other_content_is_damage(file: RestingFaceFile, field: str, value: object) -> None:
    file.save(RECORD)
    file.path.write_text(json.dumps({**RECORD.to_json(), field: value}))
    assert file.load() is None
    assert not file.path.exists()


@pytest.mark.parametrize("mean", [0.5, -9, float("nan"), float("inf"), "-1", None, [-1]])
def test_a_mean_out_of_range_is_damage(file: RestingFaceFile, mean: object) -> None:
    means = {**RECORD.means_by_emotion(), "sad": mean}
    file.save(RECORD)
    file.path.write_text(json.dumps({**RECORD.to_json(), "mean_log_probabilities": means}))
    assert file.load() is None


def test_the_lowest_means_that_are_saved_can_be_loaded(file: RestingFaceFile) -> None:
    lowest = np.full(7, np.log(0.01))
    file.save(RestingFaceRecord("learned", MODEL, 0.0, 0.0, lowest))
    assert file.load() is not None


def test_a_file_that_cannot_be_written_leaves_the_old_one(file: RestingFaceFile) -> None:
    file.save(RECORD)
    part = file.path.with_name(file.path.name + ".part")
    part.mkdir()
    (part / "occupied").touch()
    with raises("cannot_write"):
        file.save(RestingFaceRecord("learned", MODEL, 0.0, 0.0, USUAL))
    loaded = file.load()
    assert loaded is not None
    assert loaded.origin == "calibrated"


def test_a_file_that_cannot_be_deleted_is_an_error(file: RestingFaceFile) -> None:
    file.path.mkdir(parents=True)
    os.mkfifo(file.path / "occupied")
    with raises("cannot_delete"):
        file.delete()
