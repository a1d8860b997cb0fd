"""The bytes of a socket, with a deadline and a maximum for each answer of the peer."""

from __future__ import annotations

import io
import socket
import time
from typing import Any


class AnswerTooLongError(OSError):
    """The peer sent more bytes than an answer may have."""


class BoundedInput(io.RawIOBase):
    """Reads a socket. Raises TimeoutError or AnswerTooLongError at the limits of an answer.

    A timeout of the socket alone would start again with every byte that the peer sends.
    """

    def __init__(self, connection: socket.socket, max_bytes: int) -> None:
        self._connection = connection
        self._max_bytes = max_bytes
        self._deadline = 0.0
        self._remaining_bytes = 0

    def begin(self, timeout: float) -> None:
        """Count the bytes and the time of an answer from here. timeout: in seconds."""
        self._deadline = time.monotonic() + timeout
        self._remaining_bytes = self._max_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the answer takes too long")
        self._connection.settimeout(remaining)
        received = self._connection.recv_into(buffer)
        self._remaining_bytes -= received
        if self._remaining_bytes < 0:
            raise AnswerTooLongError(f"an answer of more than {self._max_bytes >> 20} MB")
        return received
