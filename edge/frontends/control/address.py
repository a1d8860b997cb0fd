"""Where the daemon's socket is."""

from __future__ import annotations

import os
from pathlib import Path

from moodpi.paths import state_folder

NAME = "control.sock"
# RuntimeDirectory=moodpi of the machine's service.
MACHINES = Path("/run/moodpi") / NAME


def own_socket() -> Path:
    """Where a daemon that this user starts listens.

    In the folder that systemd gives a service ($RUNTIME_DIRECTORY, systemd.exec(5)), in moodpi
    under $XDG_RUNTIME_DIR, or beside what moodpi keeps.
    """
    if given := os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0]:
        return Path(given) / NAME
    if session := os.environ.get("XDG_RUNTIME_DIR"):
        return Path(session) / "moodpi" / NAME
    return state_folder() / NAME


def find_socket() -> Path | None:
    """The socket of the daemon of this user if there is one, or else of the machine's service."""
    return next((path for path in (own_socket(), MACHINES) if _is_there(path)), None)


def _is_there(path: Path) -> bool:
    try:
        return path.is_socket()
    except PermissionError:  # the folder is another group's: connecting says so, with the way in
        return True
