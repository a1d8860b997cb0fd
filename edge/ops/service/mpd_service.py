"""The MPD of this system: the steps that start it and let it read the music."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

from edge.config.settings import PlayerSettings
from edge.ops.service.steps import RemovePath, RunCommand, Step, WriteFile, run_clean
from edge.ops.service.unit_text import escape_path

UNIT = "mpd.service"
UNITS = (UNIT, "mpd.socket")
# MPD reads the music here. Other programs see an empty folder, or the link of an older version.
MUSIC = Path("/var/lib/mpd/music/moodpi")
DROP_IN = Path("/etc/systemd/system/mpd.service.d/moodpi.conf")
DEFAULT_ADDRESS = PlayerSettings().mpd
PORT = 6600
CONNECT_TIMEOUT = 1.0  # seconds
# For large libraries on slow disks; MPD continues its update in the background.
UPDATE_TIMEOUT = "60"  # seconds


def mpd_start_steps(address: str, music: Path | None) -> Iterator[Step]:
    """The steps that start this system's MPD at boot; none if another server is used.

    Debian installs MPD without starting it, and its user cannot enter a home folder.

    Args:
        address: player.mpd.
        music: The folder to add to MPD's library; None for no change.
    """
    if address != DEFAULT_ADDRESS or _another_server_answers():
        return
    if music is not None:
        path = escape_path(music).replace(":", r"\:")
        bind = f'[Service]\nBindReadOnlyPaths="-{path}":{MUSIC}\n'
        yield _remove_music()
        yield WriteFile("add the music to MPD's folder", DROP_IN, bind)
        yield RunCommand("reload systemd", ("systemctl", "daemon-reload"))
    yield RunCommand("start MPD at boot", ("systemctl", "enable", UNIT), required=False)
    action = "start" if music is None else "restart"
    yield RunCommand(f"{action} MPD now", ("systemctl", action, UNIT), required=False)
    if music is not None:
        update = ("timeout", UPDATE_TIMEOUT, "mpc", "--quiet", "--wait", "update")
        yield RunCommand("update MPD's database", update, required=False)


def mpd_removal_steps() -> Iterator[Step]:
    """The steps that remove the music from MPD, which keeps running."""
    yield RemovePath("remove a file", DROP_IN)
    yield _remove_music()


def _remove_music() -> Step:
    # --dir removes a link and an empty folder, never the music.
    command = ("rm", "--force", "--dir", str(MUSIC))
    return RunCommand("remove the former music from MPD's folder", command, required=False)


def _another_server_answers() -> bool:
    """Whether the port of MPD is in use, for example by Mopidy."""
    try:
        if run_clean(("systemctl", "is-active", "--quiet", *UNITS)).returncode == 0:
            return False
        with socket.create_connection(("localhost", PORT), CONNECT_TIMEOUT):
            return True
    except OSError:
        return False
