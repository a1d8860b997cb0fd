"""The steps for MPD. The booted system of test_first_hour executes them."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from edge.ops.service import mpd_service
from edge.ops.service.mpd_service import DEFAULT_ADDRESS, mpd_removal_steps, mpd_start_steps
from edge.ops.service.steps import WriteFile


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    """A free port in place of MPD's, which a server of this machine can use."""
    with socket.create_server(("localhost", 0)) as server:
        free = server.getsockname()[1]
    monkeypatch.setattr(mpd_service, "PORT", free)
    return free


@pytest.mark.usefixtures("port")
def test_it_starts_at_boot_and_mounts_the_music() -> None:
    steps = [*mpd_start_steps(DEFAULT_ADDRESS, Path("/home/pi/My Music"))]
    (drop_in,) = [step for step in steps if isinstance(step, WriteFile)]
    mount = 'BindReadOnlyPaths="-/home/pi/My Music":/var/lib/mpd/music/moodpi'
    assert mount in drop_in.content.splitlines()
    commands = [step.as_command() for step in steps]
    assert commands.index("systemctl daemon-reload") < commands.index(
        "systemctl restart mpd.service"
    )


@pytest.mark.usefixtures("port")
def test_without_music_a_running_mpd_is_not_interrupted() -> None:
    commands = [step.as_command() for step in mpd_start_steps(DEFAULT_ADDRESS, None)]
    assert commands == ["systemctl enable mpd.service", "systemctl start mpd.service"]


def test_another_server_is_left_alone(port: int) -> None:
    assert not [*mpd_start_steps("kitchen.local", Path("/srv"))]
    with socket.create_server(("localhost", port)):
        assert not [*mpd_start_steps(DEFAULT_ADDRESS, Path("/srv"))]


def test_the_removal_never_deletes_music(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mpd_service, "MUSIC", tmp_path / "moodpi")
    monkeypatch.setattr(mpd_service, "DROP_IN", tmp_path / "moodpi.conf")
    song = tmp_path / "moodpi" / "song.ogg"
    song.parent.mkdir()
    song.touch()
    for step in mpd_removal_steps():
        step.execute()
    assert song.exists()
    song.unlink()
    for step in mpd_removal_steps():
        step.execute()
    assert not song.parent.exists()
