"""The registry: it finds the artefacts of the manifest and verifies them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from models.emotions import EMOTIONS
from models.registry import Registry
from moodpi.errors import UsageError
from tests.raising import raises


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "int8.tflite").write_bytes(b"model")
    manifest = {
        "version": 1,
        "models": {
            "tiny": {
                "labels": list(EMOTIONS),
                "formats": {
                    "int8.tflite": {
                        "file": "tiny/int8.tflite",
                        "sha256": hashlib.sha256(b"model").hexdigest(),
                        "accuracy": {"top1": 0.6, "unseen_top1": 0.5},
                    }
                },
            }
        },
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


def test_a_listed_file_is_found_with_its_labels_and_accuracy(folder: Path) -> None:
    artefact = Registry(folder).find("tiny", "int8.tflite")
    assert artefact.path == folder / "tiny" / "int8.tflite"
    assert artefact.labels == EMOTIONS
    assert artefact.top1 == 0.5


def test_a_changed_file_is_an_error_that_names_the_checksum(folder: Path) -> None:
    (folder / "tiny" / "int8.tflite").write_bytes(b"altered")
    expected = hashlib.sha256(b"model").hexdigest()[:12]
    with raises("checksum_mismatch") as raised:
        Registry(folder).find("tiny", "int8.tflite")
    assert expected in str(raised.value)


def test_a_missing_file_is_not_a_format_and_its_error_says_how_to_export_it(
    folder: Path,
) -> None:
    (folder / "tiny" / "int8.tflite").unlink()
    assert Registry(folder).formats("tiny") == []
    with raises("artefact_not_installed") as raised:
        Registry(folder).find("tiny", "int8.tflite")
    assert "`moodpi export tiny`" in str(raised.value)


def test_an_unknown_model_or_format_is_an_error(folder: Path) -> None:
    registry = Registry(folder)
    with raises("unknown_model", UsageError):
        registry.find("tinny", "int8.tflite")
    with raises("unknown_format", UsageError):
        registry.find("tiny", "int8.tf")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "damaged_manifest"),
        ("[]", "manifest_version"),
        ('{"version": 2, "models": {}}', "manifest_version"),
        ('{"version": 1}', "damaged_manifest"),
        ('{"version": 1, "models": []}', "damaged_manifest"),
        ('{"version": 1, "models": {"tiny": {}}}', "damaged_manifest"),
    ],
)
def test_a_damaged_manifest_is_an_error(folder: Path, text: str, code: str) -> None:
    (folder / "manifest.json").write_text(text)
    with raises(code):
        Registry(folder)


def test_an_incomplete_entry_is_an_error_that_names_the_field(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["models"]["tiny"]["formats"]["int8.tflite"]["sha256"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with raises("damaged_manifest") as raised:
        Registry(folder).find("tiny", "int8.tflite")
    assert "sha256" in str(raised.value)


@pytest.fixture
def user_folder(tmp_path: Path) -> Path:
    """A folder of the user's with the models `mine`, of the architecture tiny, and `tiny`."""
    folder = tmp_path / "user"
    for name in ("mine", "tiny"):
        (folder / name).mkdir(parents=True)
        (folder / name / "int8.tflite").write_bytes(b"mine")
    entry = {
        "architecture": "tiny",
        "labels": list(EMOTIONS),
        "formats": {
            "int8.tflite": {
                "file": "mine/int8.tflite",
                "sha256": hashlib.sha256(b"mine").hexdigest(),
            }
        },
    }
    manifest = {"version": 1, "models": {"mine": entry, "tiny": entry}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_a_model_of_the_user_is_found_and_does_not_hide_one_of_moodpi(
    folder: Path, user_folder: Path
) -> None:
    registry = Registry(folder, user_folder)

    assert registry.models() == ["tiny", "mine"]
    assert registry.find("mine", "int8.tflite").path == user_folder / "mine" / "int8.tflite"
    assert registry.find("tiny", "int8.tflite").path == folder / "tiny" / "int8.tflite"
    assert (registry.architecture("mine"), registry.architecture("tiny")) == ("tiny", "tiny")
    assert registry.folder("mine") == user_folder / "mine"


def test_a_damaged_manifest_of_the_user_is_logged_and_left_out(
    folder: Path, user_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (user_folder / "manifest.json").write_text("{")

    assert Registry(folder, user_folder).models() == ["tiny"]
    assert "the models of" in caplog.text


def test_the_user_needs_no_models(folder: Path, tmp_path: Path) -> None:
    assert Registry(folder, tmp_path / "none").models() == ["tiny"]


def test_the_folder_of_the_user_follows_the_environment(
    user_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "data" / "moodpi").mkdir(parents=True)
    user_folder.rename(tmp_path / "data" / "moodpi" / "models")

    assert "mine" in Registry().models()


def test_every_shipped_artefact_verifies_and_was_measured() -> None:
    registry = Registry()
    assert "int8.tflite" in registry.formats("simple_cnn")
    for model in registry.models():
        for artefact_format in registry.formats(model):
            artefact = registry.find(model, artefact_format)
            assert artefact.labels == EMOTIONS
            assert artefact.top1 is not None
            assert artefact.top1 >= 0.62
