"""The daemon's ear: a thread takes requests from the socket, the main loop answers them."""

from __future__ import annotations

import json
import logging
import queue
import shutil
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

COMMANDS = ("status", "pause", "resume", "next")
GROUP = "moodpi"
# A request is short and comes at once; whoever is slower than this is hung up on, in seconds.
LONGEST_REQUEST = 1000
PATIENCE = 2.0
# The longest that the main loop may take until it answers, in seconds.
ANSWER_PATIENCE = 9.0

# A request is an object with the field `command` and what that command takes beside it.
Request = dict[str, Any]
Answer = dict[str, Any]


@dataclass
class _Waiting:
    request: Request
    answer: queue.Queue[Answer] = field(default_factory=lambda: queue.Queue(1))


class ControlServer:
    """Listens while it is entered; `attend` answers whoever waits.

    A socket file that a killed daemon left behind is replaced; MoodpiError where one still answers.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: queue.Queue[_Waiting] = queue.Queue()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._thread = threading.Thread(target=self._listen, name="control", daemon=True)

    def __enter__(self) -> ControlServer:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._replace_stale()
            self._socket.bind(str(self._path))
            with suppress(LookupError, PermissionError):
                shutil.chown(self._path, group=GROUP)
            self._path.chmod(0o660)
            self._socket.listen()
        except OSError as error:
            # The music does not need it.
            log.warning("moodpi cannot be spoken to while it runs: %s: %s", self._path, error)
            return self
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._thread.is_alive():
            self._path.unlink(missing_ok=True)
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._thread.join()
        self._socket.close()

    def attend(self, answer: Callable[[Request], Answer]) -> None:
        """Answer all who wait, without waiting for any; a request's command is of COMMANDS."""
        while True:
            try:
                waiting = self._waiting.get_nowait()
            except queue.Empty:
                return
            try:
                waiting.answer.put(answer(waiting.request))
            except MoodpiError as error:
                waiting.answer.put({"error": str(error)})

    def _replace_stale(self) -> None:
        if not self._path.is_socket():
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(str(self._path))
            except OSError:
                self._path.unlink(missing_ok=True)
                return
        raise MoodpiError(
            f"a moodpi already runs and listens at {self._path}: `moodpi status` shows it; end it "
            "first (`systemctl stop moodpi`)"
        )

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # closed
                return
            threading.Thread(
                target=self._serve, args=(connection,), name="control-client", daemon=True
            ).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(PATIENCE)
            with connection.makefile("rb") as stream:
                answer = self._answer(stream.readline(LONGEST_REQUEST))
            connection.sendall(json.dumps(answer, ensure_ascii=False).encode() + b"\n")

    def _answer(self, line: bytes) -> Answer:
        try:
            request = json.loads(line)
            command = request["command"]
        except (ValueError, KeyError, TypeError):
            return {"error": 'expected one line such as {"command": "status"}'}
        if command not in COMMANDS:
            return {"error": f"unknown command {command!r}: expected one of {', '.join(COMMANDS)}"}
        waiting = _Waiting(request)
        self._waiting.put(waiting)
        try:
            return waiting.answer.get(timeout=ANSWER_PATIENCE)
        except queue.Empty:
            return {"error": "moodpi is busy: try again"}
