"""Asking the daemon, and listening to it."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edge.frontends.control.address import find_socket
from moodpi.errors import MoodpiError

# The daemon answers between two frames; a camera or catalogue may keep it for a while, in seconds.
PATIENCE = 10.0


def runs() -> bool:
    """Whether a daemon is there to be asked; MoodpiError where it is, but may not be."""
    path = find_socket()
    if path is None:
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(path))
    except PermissionError as error:
        raise _forbidden(path) from error
    except OSError:  # its socket outlived it
        return False
    return True


def ask(command: str, **fields: object) -> dict[str, Any]:
    """The daemon's answer to one command of edge.daemon.commands with its arguments.

    Raises MoodpiError where no daemon runs, it may not be asked, or it says no.
    """
    path = _socket()
    with _connected(path) as connection:
        answer = next(_talk(connection, command, **fields), {})
    return _checked(answer, path)


def listen(heard: Callable[[socket.socket], None]) -> Iterator[dict[str, Any]]:
    """The status with the last hour's course, then every event, and the status at least every
    edge.frontends.control.server.STATUS_EVERY; ends when the daemon does.

    heard: gets the connection, to be shut down from elsewhere. Raises MoodpiError as `ask` does.
    """
    path = _socket()
    with _connected(path) as connection:
        heard(connection)
        for said in _talk(connection, "events"):
            yield _checked(said, path)


def _socket() -> Path:
    path = find_socket()
    if path is None:
        raise MoodpiError("no moodpi runs here: `moodpi run`, or `systemctl start moodpi`")
    return path


def _talk(connection: socket.socket, command: str, **fields: object) -> Iterator[dict[str, Any]]:
    connection.sendall(json.dumps({"command": command, **fields}).encode() + b"\n")
    with connection.makefile("rb") as stream:
        yield from map(json.loads, stream)


def _checked(answer: dict[str, Any], path: Path) -> dict[str, Any]:
    if not answer:
        raise MoodpiError(f"no moodpi answers at {path}: it may be starting or ending")
    if "error" in answer:
        raise MoodpiError(str(answer["error"]), code=answer.get("code"))
    return answer


@contextmanager
def _connected(path: Path) -> Iterator[socket.socket]:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(path))
            yield connection
    except PermissionError as error:
        raise _forbidden(path) from error
    except TimeoutError as error:
        raise MoodpiError(f"moodpi does not answer within {PATIENCE:.0f} s: {path}") from error
    except (OSError, ValueError) as error:
        raise MoodpiError(f"no moodpi answers at {path}: it may be starting or ending") from error


def _forbidden(path: Path) -> MoodpiError:
    return MoodpiError(
        f"{path} may not be opened: sudo usermod -aG moodpi $USER, then log in again"
    )
