"""The JSON IPC of mpv (mpv(1)): commands, their answers, and events, which are skipped."""

from __future__ import annotations

import json
import os
import socket
import time
from typing import Any

from edge.players.music_server import MAX_ERROR_LENGTH, valid_answer
from moodpi.errors import MoodpiError
from moodpi.text import clean_text

# The longest time for an answer, in seconds.
COMMAND_TIMEOUT = 5.0
# The longest answer: a playlist of some thousand files.
MAX_MESSAGE_BYTES = 4 * 2**20
RECEIVED_BYTES = 65_536


class MpvIpc:
    """The commands of one connection. Raises MoodpiError if mpv fails or answers invalid data."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received = bytearray()
        self._request_id = 0

    def close(self) -> None:
        self._connection.close()

    def send(self, *command: Any) -> Any:
        """Send a command and return the data of its answer; None for an unavailable property."""
        self._request_id += 1
        request = {"command": command, "request_id": self._request_id}
        # mpv passes bytes of file names on that are not UTF-8; an escape would be another name.
        line = os.fsencode(json.dumps(request, ensure_ascii=False))
        deadline = time.monotonic() + COMMAND_TIMEOUT
        with valid_answer("mpv"):
            try:
                self._connection.settimeout(COMMAND_TIMEOUT)
                self._connection.sendall(line + b"\n")
                answer = self._read_answer(deadline)
            except OSError as error:
                reason = clean_text(str(error), MAX_ERROR_LENGTH)
                raise MoodpiError(
                    f"mpv does not answer: {reason}", code="server_unreachable"
                ) from error
            if answer["error"] == "property unavailable":
                return None
            if answer["error"] != "success":
                reason = clean_text(str(answer["error"]), MAX_ERROR_LENGTH)
                raise MoodpiError(f"mpv rejects {command[0]}: {reason}", code="server_refused")
            return answer.get("data")

    def _read_answer(self, deadline: float) -> dict[str, Any]:
        while True:
            message: dict[str, Any] = json.loads(os.fsdecode(self._read_line(deadline)))
            if message.get("request_id") == self._request_id and "event" not in message:
                return message

    def _read_line(self, deadline: float) -> bytes:
        searched = 0
        while (end := self._received.find(b"\n", searched)) < 0:
            searched = len(self._received)
            if searched > MAX_MESSAGE_BYTES:
                raise ConnectionError(f"a message of more than {MAX_MESSAGE_BYTES >> 20} MB")
            self._receive(deadline)
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        return line

    def _receive(self, deadline: float) -> None:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("timed out")
        self._connection.settimeout(remaining)
        received = self._connection.recv(RECEIVED_BYTES)
        if not received:
            raise ConnectionError("the process has ended")
        self._received += received
