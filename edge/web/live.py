"""What the daemon says, passed on to every page that listens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from edge.web.refusals import RefusedError

NO_DAEMON = "not connected to a daemon: this version looks at photos, the room is to follow"
LISTENERS = 32
# A line now and then, so that a dead connection is noticed on both sides; in seconds.
HEARTBEAT = 15.0
# What a page that reads slowly may be behind before it is let go: it comes back by itself.
BEHIND = 100

Snapshot = Mapping[str, Any]


class Live:
    """The daemon's latest snapshot, None while none runs, and the pages that wait for news."""

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None
        self._listeners: set[asyncio.Queue[str | None]] = set()

    def state(self) -> dict[str, object]:
        """`{"daemon": snapshot}`, or why there is none."""
        if self.snapshot is None:
            return {"daemon": None, "why": NO_DAEMON}
        return {"daemon": dict(self.snapshot)}

    def update(self, snapshot: Snapshot | None) -> None:
        """Another state of the daemon, told to the pages only where it says something new."""
        if snapshot != self.snapshot:
            self.snapshot = snapshot
            self.publish("status", self.state())

    def publish(self, kind: str, data: object) -> None:
        """Tell every page."""
        text = message(kind, data)
        for queue in list(self._listeners):
            try:
                queue.put_nowait(text)
            except asyncio.QueueFull:
                self._let_go(queue)

    def close(self) -> None:
        """Let every page go; a server that stops waits for none."""
        for queue in list(self._listeners):
            self._let_go(queue)

    def listen(self) -> AsyncIterator[str]:
        """Server-sent events: the state now, then what comes. RefusedError 429 if too many."""
        if len(self._listeners) >= LISTENERS:
            raise RefusedError(429, "busy", "too many pages listen already", retry_after=30)
        return self._messages()

    async def _messages(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[str | None] = asyncio.Queue(BEHIND)
        self._listeners.add(queue)
        try:
            yield "retry: 2000\n\n" + message("status", self.state())
            while True:
                try:
                    text = await asyncio.wait_for(queue.get(), HEARTBEAT)
                except TimeoutError:
                    text = ": still here\n\n"
                if text is None:
                    return
                yield text
        finally:
            self._listeners.discard(queue)

    def _let_go(self, queue: asyncio.Queue[str | None]) -> None:
        self._listeners.discard(queue)
        while queue.full():
            queue.get_nowait()
        queue.put_nowait(None)


def message(kind: str, data: object) -> str:
    """One event of a text/event-stream (HTML Living Standard, 9.2)."""
    return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
