"""The path of the control socket."""

from __future__ import annotations

import os
import socket
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
    """The socket of this user's daemon if one runs, or else of the system's service."""
    return next((path for path in (own_socket_path(), SERVICE_SOCKET) if _is_open(path)), None)


def _is_open(path: Path) -> bool:
    """Whether a daemon listens at a path. One that was killed has left its socket there."""
    try:
        if not path.is_socket():
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(0)
            connection.connect(str(path))
    except ConnectionRefusedError:
        return False
    except OSError:  # it is busy, or refuses this user: the next connection states that
        return True
    return True
