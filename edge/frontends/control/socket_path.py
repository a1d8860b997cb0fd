"""The path of the control socket."""

from __future__ import annotations

import os
from pathlib import Path

from moodpi.paths import state_folder

SOCKET_NAME = "control.sock"
# In the RuntimeDirectory of the system's service.
SERVICE_SOCKET = Path("/run/moodpi") / SOCKET_NAME


def own_socket_path() -> Path:
    """The path at which a daemon of this user listens.

    It is in the folder that systemd creates for a service ($RUNTIME_DIRECTORY, systemd.exec(5)),
    in $XDG_RUNTIME_DIR/moodpi, or else in the state folder.
    """
    if folder := os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0]:
        return Path(folder) / SOCKET_NAME
    if session := os.environ.get("XDG_RUNTIME_DIR"):
        return Path(session) / "moodpi" / SOCKET_NAME
    return state_folder() / SOCKET_NAME


def find_socket() -> Path | None:
    """The socket of this user's daemon if there is one, or else of the system's service."""
    return next((path for path in (own_socket_path(), SERVICE_SOCKET) if _exists(path)), None)


def _exists(path: Path) -> bool:
    try:
        return path.is_socket()
    except PermissionError:  # connecting to it raises an error with the fix
        return True
