"""Server-sent events (HTML Living Standard, section 9.2)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from edge.frontends.web.errors import HttpError
from edge.frontends.web.json_response import to_json

MAX_SUBSCRIBERS = 32
# A comment is sent this often, to detect closed connections on both sides; in seconds.
HEARTBEAT_INTERVAL = 15.0
# A subscriber that falls this many messages behind is disconnected; its browser reconnects.
MAX_PENDING = 100
# Before a browser reconnects, in milliseconds.
RECONNECT_DELAY_MS = 2000
BUSY_RETRY_AFTER = 30


class Subscription:
    """The text of one stream; it has its seat from its creation until `close`."""

    def __init__(self, first: str, seats: set[Subscription]) -> None:
        self._pending: asyncio.Queue[str | None] = asyncio.Queue(MAX_PENDING)
        self._pending.put_nowait(first)
        self._seats = seats
        seats.add(self)

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> str:
        try:
            text = await asyncio.wait_for(self._pending.get(), HEARTBEAT_INTERVAL)
        except TimeoutError:
            return ": heartbeat\n\n"
        if text is None:
            raise StopAsyncIteration
        return text

    def put(self, text: str) -> None:
        """Queue one message. A subscriber that has fallen too far behind is disconnected."""
        try:
            self._pending.put_nowait(text)
        except asyncio.QueueFull:
            self.close()

    def close(self) -> None:
        """End the stream and free its seat."""
        self._seats.discard(self)
        while self._pending.full():
            self._pending.get_nowait()
        self._pending.put_nowait(None)


class SseBroadcast:
    """Sends messages to all subscribers. It must be used in the server's event loop only."""

    def __init__(self) -> None:
        self._seats: set[Subscription] = set()

    def publish(self, event: str, data: object) -> None:
        """Queue one message for every subscriber."""
        text = sse_message(event, data)
        for subscription in list(self._seats):
            subscription.put(text)

    def subscribe(self, snapshot: Iterable[tuple[str, object]]) -> Subscription:
        """A stream of the messages (event, data) of `snapshot`, then of published ones.

        Raises HttpError "busy" if there are too many subscribers.
        """
        if len(self._seats) >= MAX_SUBSCRIBERS:
            raise HttpError("busy", "too many open pages", retry_after=BUSY_RETRY_AFTER)
        first = [sse_message(event, data) for event, data in snapshot]
        return Subscription(f"retry: {RECONNECT_DELAY_MS}\n\n" + "".join(first), self._seats)

    def close(self) -> None:
        """Disconnect all subscribers: a server that stops waits for none of them."""
        for subscription in list(self._seats):
            subscription.close()


class EventStreamResponse(StreamingResponse):
    """A response that frees the seat of its subscription however it ends."""

    def __init__(self, subscription: Subscription) -> None:
        super().__init__(subscription, media_type="text/event-stream")
        # nginx would hold events back until its buffer is full.
        self.headers["X-Accel-Buffering"] = "no"
        self._subscription = subscription

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["method"] == "HEAD":
                self._subscription.close()
            await super().__call__(scope, receive, send)
        finally:
            self._subscription.close()


def sse_message(event: str, data: object) -> str:
    """One message of a text/event-stream, its data as JSON."""
    return f"event: {event}\ndata: {to_json(data).decode()}\n\n"
