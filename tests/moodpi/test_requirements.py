"""The command that installs a missing requirement."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from moodpi.requirements import OPENCV, how_to_install, how_to_install_picamera2


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The Python environment that sys.prefix points to."""
    pip = tmp_path / "bin" / "pip"
    pip.parent.mkdir()
    pip.write_text("#!/bin/sh\n")
    pip.chmod(0o755)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    return tmp_path


def test_it_is_the_pip_of_the_running_environment(environment: Path, monkeypatch) -> None:
    assert how_to_install("moodpi[web]") == f"{environment}/bin/pip install 'moodpi[web]'"
    monkeypatch.setenv("PATH", str(environment / "bin"))
    assert how_to_install("moodpi[web]") == "pip install 'moodpi[web]'"


@pytest.mark.parametrize(
    ("requirement", "installed", "command"),
    [
        ("moodpi[web]", "", "--with web"),
        ("moodpi[web]", "mqtt,onnx", "--with mqtt,onnx,web"),
        ("moodpi[web]", "web", "--with web"),
        ("moodpi[mpv]", "onnx", "--player mpv"),
        (OPENCV, "onnx", ""),
        ("moodpi[web] moodpi[mpv]", "onnx", "--player mpv --with onnx,web"),
    ],
)
def test_in_an_environment_of_install_sh_it_is_install_sh(
    environment: Path, requirement: str, installed: str, command: str
) -> None:
    (environment / "extras").write_text(installed)
    call = f"sudo ./install.sh {command}".rstrip()
    assert how_to_install(*requirement.split(" ")) == f"`{call}` in moodpi's folder"


def test_install_sh_gives_access_to_the_picamera2_of_the_system(environment: Path) -> None:
    assert "--system-site-packages" in how_to_install_picamera2()
    (environment / "extras").touch()
    assert how_to_install_picamera2() == "sudo apt install python3-picamera2"
