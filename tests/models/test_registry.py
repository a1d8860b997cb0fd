"""The registry: finds what the manifest names and trusts nothing else."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from models.emotions import EMOTIONS
from models.registry import Registry
from moodpi.errors import MoodpiError, UsageError


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
                        "accuracy": {"top1": 0.5},
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


def test_an_altered_file_is_refused_with_both_checksums(folder: Path) -> None:
    (folder / "tiny" / "int8.tflite").write_bytes(b"altered")
    expected = hashlib.sha256(b"model").hexdigest()[:12]
    with pytest.raises(MoodpiError, match=f"the manifest says {expected}"):
        Registry(folder).find("tiny", "int8.tflite")


def test_a_file_that_was_left_out_is_no_format_and_asked_for_says_where_it_comes_from(
    folder: Path,
) -> None:
    (folder / "tiny" / "int8.tflite").unlink()
    assert Registry(folder).formats("tiny") == []
    told = r"tiny int8\.tflite is not installed \(installed: none\).*`moodpi export tiny`"
    with pytest.raises(MoodpiError, match=told):
        Registry(folder).find("tiny", "int8.tflite")


def test_unknown_names_get_the_nearest(folder: Path) -> None:
    registry = Registry(folder)
    with pytest.raises(UsageError, match=r"unknown model 'tinny': did you mean 'tiny'"):
        registry.find("tinny", "int8.tflite")
    with pytest.raises(UsageError, match=r"did you mean 'int8\.tflite'"):
        registry.find("tiny", "int8.tf")


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"version": 2, "models": {}}',
        '{"version": 1}',
        '{"version": 1, "models": []}',
        '{"version": 1, "models": {"tiny": {}}}',
    ],
)
def test_a_damaged_manifest_is_one_error(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text)
    with pytest.raises(MoodpiError, match=r"manifest\.json"):
        Registry(folder)


def test_an_incomplete_entry_says_what_it_lacks(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["models"]["tiny"]["formats"]["int8.tflite"]["sha256"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(MoodpiError, match="lacks 'sha256'"):
        Registry(folder).find("tiny", "int8.tflite")


def test_every_shipped_artefact_verifies_and_was_measured() -> None:
    registry = Registry()
    assert "int8.tflite" in registry.formats("simple_cnn")
    for model in registry.models():
        for artefact_format in registry.formats(model):
            artefact = registry.find(model, artefact_format)
            assert artefact.labels == EMOTIONS
            assert artefact.top1 is not None
            assert artefact.top1 >= 0.62
