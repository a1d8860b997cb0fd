"""What the daemon says, passed on to every page that listens."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from edge.daemon.status import DaemonStatus
from edge.frontends.control.broadcast import COURSE, COURSE_KINDS
from edge.frontends.web.errors import HttpError
from edge.system.hardware import celsius

LISTENERS = 32
# A line now and then, so that a dead connection is noticed on both sides; in seconds.
HEARTBEAT = 15.0
# What a page that reads slowly may be behind before it is let go: it comes back by itself.
BEHIND = 100
# How far back the frame rate looks, in statuses.
RATE_OVER = 5

Said = dict[str, Any]


class DaemonMirror:
    """How the daemon stands, None while there is none, and the pages that wait for news of it.

    Used in the server's event loop alone.
    """

    def __init__(self) -> None:
        self.daemon: Said | None = None
        self.status: DaemonStatus | None = None
        self._why = "moodpi was not asked yet"
        self._course: deque[Said] = deque()
        self._taken: deque[tuple[float, int]] = deque(maxlen=RATE_OVER)
        self._listeners: set[asyncio.Queue[str | None]] = set()

    def state(self) -> dict[str, object]:
        """The machine's temperature, and as `daemon` the fields of `moodpi status --json` and the
        frame rate, or None and why.
        """
        standing: dict[str, object] = {"temperature": celsius(), "daemon": self.daemon}
        return standing if self.daemon else {**standing, "why": self._why}

    def take(self, said: Said) -> None:
        """One object that edge.frontends.control.EventStream passes on."""
        kind = said["event"]
        if kind == "disconnected":
            self.daemon, self.status, self._why = None, None, said["why"]
            self._publish("status", self.state())
        elif kind == "status":
            self._stand(said)
        else:
            if kind in COURSE_KINDS:
                self._extend(said)
            self._publish(kind, said)

    def close(self) -> None:
        """Let every page go; a server that stops waits for none."""
        for queue in list(self._listeners):
            self._let_go(queue)

    def listen(self) -> AsyncIterator[str]:
        """Server-sent events: the state now, then what comes. HttpError 429 if too many."""
        if len(self._listeners) >= LISTENERS:
            raise HttpError(429, "busy", "too many pages listen already", retry_after=30)
        return self._messages()

    def _stand(self, said: Said) -> None:
        daemon = {name: value for name, value in said.items() if name not in ("event", "history")}
        if "history" in said:
            self._course = deque(said["history"])
            self._taken.clear()
            self._publish("history", list(self._course))
        self._taken.append((daemon["uptime"], daemon["frames"]))
        (begun, before), (now, frames) = self._taken[0], self._taken[-1]
        rate = round((frames - before) / (now - begun), 1) if now > begun else None
        self.status = DaemonStatus.from_json(said)
        self.daemon = {**daemon, "frame_rate": rate}
        self._publish("status", self.state())

    def _extend(self, said: Said) -> None:
        self._course.append(said)
        # The last one from before the hour goes on into it; those from after now are of a clock
        # that was set back.
        now = said["time"]
        while len(self._course) > 1 and not now - COURSE < self._course[1]["time"] <= now:
            self._course.popleft()

    def _publish(self, kind: str, data: object) -> None:
        text = message(kind, data)
        for queue in list(self._listeners):
            try:
                queue.put_nowait(text)
            except asyncio.QueueFull:
                self._let_go(queue)

    async def _messages(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[str | None] = asyncio.Queue(BEHIND)
        self._listeners.add(queue)
        try:
            yield "retry: 2000\n\n" + message("status", self.state())
            yield message("history", list(self._course))
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
