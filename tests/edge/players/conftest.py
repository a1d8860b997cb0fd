"""Music files for the real servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.players import sound_meter
from tests.edge.players.audio_files import make_silent_files, sample_tracks, write_music


@pytest.fixture(scope="session")
def silent(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return make_silent_files(tmp_path_factory.mktemp("silence"))


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory, silent: dict[str, Path]) -> Path:
    """Sixty songs of the catalogue and three unknown songs."""
    folder = tmp_path_factory.mktemp("music")
    write_music(folder, silent, sample_tracks(60, seed=1), unknown=3)
    return folder


@pytest.fixture(scope="session")
def other_music(tmp_path_factory: pytest.TempPathFactory, silent: dict[str, Path]) -> Path:
    """Thirty other songs."""
    folder = tmp_path_factory.mktemp("other")
    write_music(folder, silent, sample_tracks(30, seed=2))
    return folder


@pytest.fixture(autouse=True)
def heard_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count a track as heard after a moment of sound, to save the tests' time."""
    monkeypatch.setattr(sound_meter, "HEARD_SECONDS", 0.2)


@pytest.fixture(autouse=True)
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state folder, one for each test."""
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "moodpi"
