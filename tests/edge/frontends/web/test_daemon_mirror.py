"""The web server's copy of the daemon's state, and its event stream."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

pytest.importorskip("starlette")

from edge.frontends.web.daemon_mirror import DaemonMirror
from edge.frontends.web.sse import MAX_PENDING, MAX_SUBSCRIBERS
from tests.edge.frontends.web.daemon_status import daemon_status
from tests.raising import raises

MOOD = {"event": "mood", "time": 5.0, "emotion": "happy"}


async def read(stream: Any) -> list[tuple[str, Any]]:
    """The events of the next chunk of a stream, with their data."""
    lines = (await anext(stream)).splitlines()
    kinds = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    return list(zip(kinds, map(json.loads, data), strict=True))


def test_without_a_daemon_the_state_says_why() -> None:
    mirror = DaemonMirror()
    mirror.update({"event": "disconnected", "why": "stopped", "code": "not_running"})
    assert mirror.status is None
    assert (mirror.state()["daemon"], mirror.state()["why"]) == (None, "stopped")


def test_the_frame_rate_is_measured_between_statuses() -> None:
    mirror = DaemonMirror()
    mirror.update(daemon_status(uptime=10, frames=100))
    assert mirror.state()["daemon"]["frame_rate"] is None
    mirror.update(daemon_status(uptime=12, frames=120))
    assert mirror.state()["daemon"]["frame_rate"] == 10.0


def test_the_status_of_another_version_disconnects() -> None:
    mirror = DaemonMirror()
    mirror.update(daemon_status(uptime=10, frames=100))
    other = daemon_status(uptime=11, frames=110)
    del other["pause_reason"]
    mirror.update(other)
    assert mirror.status is None
    assert "pause_reason" in mirror.why


def test_a_stream_begins_with_the_status_and_the_history() -> None:
    async def first() -> list[tuple[str, Any]]:
        mirror = DaemonMirror()
        mirror.update(daemon_status(uptime=10, frames=100, history=[MOOD]))
        return await read(mirror.subscribe())

    (kind, _), history = asyncio.run(first())
    assert (kind, history) == ("status", ("history", [MOOD]))


def test_a_stream_continues_with_each_event_and_ends_at_the_shutdown() -> None:
    async def run() -> None:
        mirror = DaemonMirror()
        stream = mirror.subscribe()
        await read(stream)
        mirror.update(MOOD)
        assert await read(stream) == [("mood", MOOD)]
        mirror.close()
        with pytest.raises(StopAsyncIteration):
            await anext(stream)

    asyncio.run(run())


def test_a_page_that_does_not_read_is_disconnected() -> None:
    async def run() -> None:
        mirror = DaemonMirror()
        stream = mirror.subscribe()
        await read(stream)
        for _ in range(MAX_PENDING + 1):
            mirror.update(MOOD)
        received = [chunk async for chunk in stream]
        assert len(received) < MAX_PENDING

    asyncio.run(run())


def test_too_many_pages_are_refused() -> None:
    async def run() -> None:
        mirror = DaemonMirror()
        streams = [mirror.subscribe() for _ in range(MAX_SUBSCRIBERS)]
        for stream in streams:
            await read(stream)
        with raises("busy"):
            mirror.subscribe()

    asyncio.run(run())


@pytest.mark.parametrize("message", [{}, {"event": 5}, {"event": "status", "frames": "many"}, []])
def test_a_message_that_is_not_understood_disconnects(
    message: Any, caplog: pytest.LogCaptureFixture
) -> None:
    mirror = DaemonMirror()
    mirror.update(daemon_status(uptime=10, frames=100))
    for _ in range(3):
        mirror.update(message)
    assert len(caplog.records) <= 1
    mirror.update(daemon_status(uptime=11, frames=110))
    assert mirror.status is not None


def test_a_text_that_has_no_encoding_in_utf_8_is_sent() -> None:
    async def first(mirror: DaemonMirror) -> str:
        mirror.update(daemon_status(pause_reason="a \ud800"))
        return await anext(mirror.subscribe())

    assert '"pause_reason":"a ?"' in asyncio.run(first(DaemonMirror()))
