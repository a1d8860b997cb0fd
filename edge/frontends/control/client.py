"""The client of the control socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edge.frontends.control.socket_path import find_socket
from moodpi.errors import MoodpiError

# The daemon answers between two frames; the camera or the catalogue can delay it. In seconds.
CLIENT_TIMEOUT = 10.0


def is_running() -> bool:
    """Whether a daemon runs. Raises MoodpiError if one does but refuses this user."""
    path = find_socket()
    if path is None:
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(CLIENT_TIMEOUT)
            connection.connect(str(path))
    except PermissionError as error:
        raise _permission_denied(path) from error
    except OSError:  # it has just stopped
        return False
    return True


def send_command(command: str, **arguments: object) -> dict[str, Any]:
    """The daemon's answer to one command of edge.daemon.commands.

    Raises MoodpiError if no daemon runs, it refuses this user, or the command fails.
    """
    path = _require_socket()
    with _connected(path) as connection:
        answer = next(_exchange(connection, command, **arguments), {})
    return _checked(answer, path)


def receive_events(on_connect: Callable[[socket.socket], None]) -> Iterator[dict[str, Any]]:
    """The status with the history of the last hour, then every event, until the daemon stops.

    The status follows at least every edge.frontends.control.server.STATUS_INTERVAL.

    on_connect: Gets the connection. Another thread can shut it down to end the iteration. Raises
    MoodpiError as `send_command` does.
    """
    path = _require_socket()
    with _connected(path) as connection:
        on_connect(connection)
        for event in _exchange(connection, "events"):
            yield _checked(event, path)


def _require_socket() -> Path:
    path = find_socket()
    if path is None:
        raise MoodpiError(
            "moodpi is not running: start it with `moodpi run` or `sudo systemctl start moodpi`",
            code="not_running",
        )
    return path


def _exchange(
    connection: socket.socket, command: str, **arguments: object
) -> Iterator[dict[str, Any]]:
    connection.sendall(json.dumps({"command": command, **arguments}).encode() + b"\n")
    with connection.makefile("rb") as stream:
        yield from map(json.loads, stream)


def _checked(answer: dict[str, Any], path: Path) -> dict[str, Any]:
    if not answer:
        raise _no_answer(path)
    if "error" in answer:
        raise MoodpiError(str(answer["error"]), code=answer.get("code"))
    return answer


@contextmanager
def _connected(path: Path) -> Iterator[socket.socket]:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(CLIENT_TIMEOUT)
            connection.connect(str(path))
            yield connection
    except PermissionError as error:
        raise _permission_denied(path) from error
    except TimeoutError as error:
        raise MoodpiError(
            f"moodpi does not answer within {CLIENT_TIMEOUT:.0f} s: {path}", code="no_answer"
        ) from error
    except (OSError, ValueError) as error:
        raise _no_answer(path) from error


def _no_answer(path: Path) -> MoodpiError:
    return MoodpiError(
        f"moodpi does not answer at {path}: it may be starting or stopping", code="no_answer"
    )


def _permission_denied(path: Path) -> MoodpiError:
    return MoodpiError(
        f"no permission to open {path}: sudo usermod -aG moodpi $USER, then log in again",
        code="permission_denied",
    )
