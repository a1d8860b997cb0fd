"""Which errors of the configured model are errors of the file, and which of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

import edge.vision.configured_artefact
from edge.config.load import Config, load_config
from edge.vision.configured_artefact import find_configured_artefact
from models.registry import Registry
from moodpi.errors import ConfigurationError, UsageError
from tests.raising import raises

MANIFEST = """
{"version": 1, "models": {"big": {"labels": ["happy"], "formats": {"float32.onnx": {}}}}}
"""


@pytest.fixture(autouse=True)
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry with the model `big`, which has no int8.tflite."""
    (tmp_path / "manifest.json").write_text(MANIFEST)
    monkeypatch.setattr(edge.vision.configured_artefact, "Registry", lambda: Registry(tmp_path))


def configured(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "moodpi.toml"
    path.write_text(text)
    return load_config(path)


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ('[model]\nname = "big"', "unknown_format", "model.name"),
        ('[model]\nname = "big"\nformat = "x"', "unknown_format", "model.format"),
        ('[model]\nname = "bog"', "unknown_model", "model.name"),
    ],
)
def test_a_model_of_the_file_is_an_error_of_the_file(
    tmp_path: Path, text: str, code: str, key: str
) -> None:
    with raises(code, ConfigurationError) as raised:
        find_configured_artefact(configured(tmp_path, text))
    assert f"{key}: " in str(raised.value)


@pytest.mark.parametrize("artefact_format", ["x", "int8.tflite"])
def test_a_format_of_the_command_line_is_a_usage_error(
    tmp_path: Path, artefact_format: str
) -> None:
    config = configured(tmp_path, '[model]\nname = "big"')
    with raises("unknown_format", UsageError):
        find_configured_artefact(config.override({"model.format": artefact_format}))


def test_a_model_of_the_command_line_is_a_usage_error(tmp_path: Path) -> None:
    config = configured(tmp_path, '[model]\nname = "bog"')
    with raises("unknown_format", UsageError):
        find_configured_artefact(config.override({"model.name": "big"}))


def test_a_file_is_a_model_without_an_entry_in_a_manifest(tmp_path: Path) -> None:
    path = tmp_path / "mine.tflite"
    path.write_bytes(b"model")

    artefact = find_configured_artefact(load_config().override({"model.name": str(path)}))

    assert artefact.path == path


def test_a_file_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    config = load_config().override({"model.name": str(tmp_path / "none.onnx")})
    with raises("no_such_file"):
        find_configured_artefact(config)
