"""Seats of event streams: taken before they are counted, and always freed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

pytest.importorskip("starlette")

from edge.frontends.web.daemon_mirror import DaemonMirror
from edge.frontends.web.sse import MAX_SUBSCRIBERS, EventStreamResponse
from tests.raising import raises

SCOPE = {"type": "http", "method": "GET", "asgi": {"spec_version": "2.3"}}


async def never() -> dict[str, Any]:
    await asyncio.Event().wait()
    return {}


async def ignore(_message: Any) -> None:
    pass


def seats(mirror: DaemonMirror) -> int:
    return len(mirror._pages._seats)


def test_a_seat_is_taken_before_the_stream_is_read() -> None:
    async def run() -> None:
        mirror = DaemonMirror()
        for _ in range(MAX_SUBSCRIBERS):
            mirror.subscribe()
        with raises("busy"):
            mirror.subscribe()

    asyncio.run(run())


def test_a_page_that_disconnects_frees_its_seat() -> None:
    async def run() -> None:
        mirror = DaemonMirror()
        stream = EventStreamResponse(mirror.subscribe())

        async def disconnect() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        await stream(SCOPE, disconnect, ignore)
        assert seats(mirror) == 0

    asyncio.run(run())


def test_a_response_that_fails_frees_its_seat() -> None:
    async def run() -> None:
        mirror = DaemonMirror()
        stream = EventStreamResponse(mirror.subscribe())

        async def fail(_message: Any) -> None:
            raise RuntimeError

        with pytest.raises(RuntimeError):
            await stream(SCOPE, never, fail)
        assert seats(mirror) == 0

    asyncio.run(run())


def test_a_response_that_is_cancelled_frees_its_seat() -> None:
    async def run() -> None:
        mirror = DaemonMirror()
        task = asyncio.create_task(EventStreamResponse(mirror.subscribe())(SCOPE, never, ignore))
        await asyncio.sleep(0)
        assert seats(mirror) == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert seats(mirror) == 0

    asyncio.run(run())


def test_head_ends_at_once() -> None:
    async def run() -> None:
        mirror = DaemonMirror()
        stream = EventStreamResponse(mirror.subscribe())
        async with asyncio.timeout(20):
            await stream({**SCOPE, "method": "HEAD"}, never, ignore)
        assert seats(mirror) == 0

    asyncio.run(run())
