"""Asking the daemon."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

from edge.control.address import find_socket
from moodpi.errors import MoodpiError

# The daemon answers between two frames; a camera or catalogue may keep it for a while, in seconds.
PATIENCE = 10.0


def ask(command: str) -> dict[str, Any]:
    """The daemon's answer to one command of edge.control.server.COMMANDS.

    Raises MoodpiError where no daemon runs, it may not be asked, or it says no.
    """
    path = find_socket()
    if path is None:
        raise MoodpiError("no moodpi runs here: `moodpi run`, or `systemctl start moodpi`")
    answer = _exchange(path, json.dumps({"command": command}))
    if "error" in answer:
        raise MoodpiError(str(answer["error"]))
    return answer


def _exchange(path: Path, line: str) -> dict[str, Any]:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(path))
            connection.sendall(line.encode() + b"\n")
            with connection.makefile("rb") as stream:
                answer: dict[str, Any] = json.loads(stream.readline())
    except PermissionError as error:
        raise MoodpiError(
            f"{path} may not be opened: sudo usermod -aG moodpi $USER, then log in again"
        ) from error
    except TimeoutError as error:
        raise MoodpiError(f"moodpi does not answer within {PATIENCE:.0f} s: {path}") from error
    except (OSError, ValueError) as error:
        raise MoodpiError(f"no moodpi answers at {path}: it may be starting or ending") from error
    return answer
