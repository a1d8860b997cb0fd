"""Server-sent events (HTML Living Standard, section 9.2)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable

from edge.frontends.web.errors import HttpError

MAX_SUBSCRIBERS = 32
# A comment is sent this often, to detect closed connections on both sides; in seconds.
HEARTBEAT_INTERVAL = 15.0
# A subscriber that falls this many messages behind is disconnected; its browser reconnects.
MAX_PENDING = 100
# Before a browser reconnects, in milliseconds.
RECONNECT_DELAY_MS = 2000
BUSY_RETRY_AFTER = 30

Pending = asyncio.Queue[str | None]


class SseBroadcast:
    """Sends messages to all subscribers. It must be used in the server's event loop only."""

    def __init__(self) -> None:
        self._subscribers: set[Pending] = set()

    def publish(self, event: str, data: object) -> None:
        """Queue one message for every subscriber."""
        text = sse_message(event, data)
        for pending in list(self._subscribers):
            try:
                pending.put_nowait(text)
            except asyncio.QueueFull:
                self._disconnect(pending)

    def check_capacity(self) -> None:
        """Raise HttpError "busy" if there are too many subscribers."""
        if len(self._subscribers) >= MAX_SUBSCRIBERS:
            raise HttpError("busy", "too many open pages", retry_after=BUSY_RETRY_AFTER)

    async def subscribe(
        self, snapshot: Callable[[], Iterable[tuple[str, object]]]
    ) -> AsyncIterator[str]:
        """The text of the stream: the messages (event, data) of `snapshot`, then published ones."""
        pending: Pending = asyncio.Queue(MAX_PENDING)
        self._subscribers.add(pending)
        first = [sse_message(event, data) for event, data in snapshot()]
        try:
            yield f"retry: {RECONNECT_DELAY_MS}\n\n" + "".join(first)
            while True:
                try:
                    text = await asyncio.wait_for(pending.get(), HEARTBEAT_INTERVAL)
                except TimeoutError:
                    text = ": heartbeat\n\n"
                if text is None:
                    return
                yield text
        finally:
            self._subscribers.discard(pending)

    def close(self) -> None:
        """Disconnect all subscribers: a server that stops waits for none of them."""
        for pending in list(self._subscribers):
            self._disconnect(pending)

    def _disconnect(self, pending: Pending) -> None:
        self._subscribers.discard(pending)
        while pending.full():
            pending.get_nowait()
        pending.put_nowait(None)


def sse_message(event: str, data: object) -> str:
    """One message of a text/event-stream, its data as JSON."""
    return f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
