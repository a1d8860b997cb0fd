"""The daemon's events, across its restarts."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from edge.frontends.control.client import receive_events
from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError

# The delay between two attempts to connect, in seconds.
RETRY_DELAY = 1.0


class EventStream:
    """Calls `on_event` with every event of the daemon while it is entered.

    It runs in a thread of its own and reconnects after the daemon restarts.

    on_event: Gets each object of `receive_events`. Without a daemon it gets
    `{"event": "disconnected", "why": MESSAGE, "code": CODE}`, once for each reason.
    """

    def __init__(self, on_event: Callable[[dict[str, Any]], object]) -> None:
        self._on_event = on_event
        self._closing = threading.Event()
        self._connection: socket.socket | None = None
        self._thread = threading.Thread(target=self._receive, name="event-stream", daemon=True)

    def __enter__(self) -> EventStream:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._closing.set()
        if self._connection is not None:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _receive(self) -> None:
        reported = ""
        while not self._closing.is_set():
            try:
                with error_boundary("the events of moodpi"):
                    for event in receive_events(self._connected):
                        reported = ""
                        self._on_event(event)
                reason, code = "moodpi has stopped", "not_running"
            except MoodpiError as error:
                reason, code = str(error), error.code
            if reason != reported and not self._closing.is_set():
                reported = reason
                self._on_event({"event": "disconnected", "why": reason, "code": code})
            self._closing.wait(RETRY_DELAY)

    def _connected(self, connection: socket.socket) -> None:
        self._connection = connection
        if self._closing.is_set():
            connection.shutdown(socket.SHUT_RDWR)
