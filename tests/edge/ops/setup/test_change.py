"""The steps of `moodpi setup` for the service."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.config.load import parse_config
from edge.ops.doctor.player import REQUIRED_PACKAGES
from edge.ops.service.system_service import UNIT
from edge.ops.setup import ConfigurationFile, change, missing_parts, setup_steps

RESTART = "systemctl restart moodpi.service"


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ConfigurationFile:
    """The configuration of an installed service."""
    monkeypatch.setattr(change, "CONFIGURATION", tmp_path / "moodpi.toml")
    monkeypatch.setattr(change, "UNITS", tmp_path)
    (tmp_path / UNIT).touch()
    return ConfigurationFile.open(tmp_path / "moodpi.toml")


@pytest.mark.parametrize(("package", "is_installed"), [("tomlkit", True), ("no_such", False)])
def test_a_service_without_the_part_of_its_player_is_left_as_it_runs(
    service: ConfigurationFile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    package: str,
    is_installed: bool,
) -> None:
    monkeypatch.setitem(REQUIRED_PACKAGES, "mpv", package)
    text = service.edited({"player.kind": "mpv", "player.music": (str(tmp_path),)})
    commands = [step.as_command() for step in setup_steps(service, text)]
    assert commands[0] == f"write {tmp_path}/moodpi.toml"
    assert (RESTART in commands) == is_installed
    config = parse_config(text, service.path)
    assert any("moodpi[mpv]" in line for line in missing_parts(config)) != is_installed
