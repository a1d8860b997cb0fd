"""Music on disk for the real servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.edge.players.shelf import draw, fill, silence


@pytest.fixture(scope="session")
def silent(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return silence(tmp_path_factory.mktemp("silence"))


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory, silent: dict[str, Path]) -> Path:
    """Sixty songs of the catalogue, and three that are not in it."""
    folder = tmp_path_factory.mktemp("music")
    fill(folder, silent, draw(60, seed=1), unknown=3)
    return folder


@pytest.fixture(scope="session")
def other_music(tmp_path_factory: pytest.TempPathFactory, silent: dict[str, Path]) -> Path:
    """Thirty other songs."""
    folder = tmp_path_factory.mktemp("other")
    fill(folder, silent, draw(30, seed=2))
    return folder


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of the test's own."""
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "moodpi"
