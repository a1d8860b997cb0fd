"""Listening to the daemon through its restarts."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from edge.frontends.control.client import listen
from moodpi.errors import MoodpiError

# Between one attempt and the next, in seconds.
PAUSE = 1.0


class EventStream:
    """Passes on what the daemon says for as long as it is entered, from a thread of its own.

    take: gets each object of `client.listen`, and `{"event": "disconnected", "why": ...}`
    where there is none to listen to, once until it is back or the reason is another.
    """

    def __init__(self, take: Callable[[dict[str, Any]], object]) -> None:
        self._take = take
        self._ending = threading.Event()
        self._connection: socket.socket | None = None
        self._thread = threading.Thread(target=self._follow, name="following", daemon=True)

    def __enter__(self) -> EventStream:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._ending.set()
        if self._connection is not None:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _follow(self) -> None:
        told = ""
        while not self._ending.is_set():
            try:
                for said in listen(self._connect):
                    told = ""
                    self._take(said)
                why = "moodpi has ended"
            except MoodpiError as error:
                why = str(error)
            if why != told and not self._ending.is_set():
                told = why
                self._take({"event": "disconnected", "why": why})
            self._ending.wait(PAUSE)

    def _connect(self, connection: socket.socket) -> None:
        self._connection = connection
        if self._ending.is_set():
            connection.shutdown(socket.SHUT_RDWR)
