"""A camera that is absent, unplugged or frozen, and recovers."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from edge.config.settings import SourceSettings
from edge.frame import Frame
from edge.sources import open_source
from edge.sources.newest_frame import NewestFrameSource
from edge.sources.reconnecting import ReconnectingSource, ReconnectTiming
from edge.sources.source import FrameSource
from edge.system.signals import StopRequest
from moodpi.errors import MoodpiError
from tests.edge.sources.test_streams import served
from tests.raising import raises

GREY = np.full((48, 64), 90, np.uint8)


class Camera(FrameSource):
    """Follows a script: a number of frames, then a failure or the end."""

    live = True

    def __init__(self, frames: int, then: str) -> None:
        self._remaining = frames
        self._then = then
        self._over = threading.Event()

    def open(self) -> None:
        if self._then == "absent":
            raise MoodpiError("no camera at all", code="no_camera")

    def read(self) -> Frame | None:
        if self._remaining:
            self._remaining -= 1
            noise = np.uint8(self._remaining % 256)
            return Frame(GREY + noise, time.monotonic(), self._remaining)
        if self._then == "freezes":
            self._over.wait(2)
        if self._then == "breaks":
            raise RuntimeError("driver failure")
        if self._then == "ends":
            return None
        raise MoodpiError("it was unplugged")

    def close(self) -> None:
        self._over.set()


# A camera counts as recovered at its first frame, and an open one is lost soon.
FAST = ReconnectTiming(frame_timeout=0.3, retry_delay=0.01, stable_time=0.0)


def source_of(*scripts: tuple[int, str], stop: StopRequest | None = None, **others: Any):
    """A source whose camera follows one script per opening, and then works."""
    stop = stop or StopRequest()
    openings = itertools.chain(scripts, itertools.repeat((100_000, "is unplugged")))
    settings = {"must_open": False, "timing": FAST, **others}
    return ReconnectingSource(
        lambda: NewestFrameSource(Camera(*next(openings)), stop), stop, **settings
    )


@pytest.mark.parametrize("failure", ["absent", "is unplugged", "freezes", "breaks"])
def test_a_failed_camera_is_reopened_and_both_are_logged_once(failure, caplog):
    caplog.set_level(logging.INFO, "edge.sources.reconnecting")
    with source_of((0, failure), (0, failure)) as source:
        assert source.read() is not None

    records = [record for record in caplog.records if record.name == "edge.sources.reconnecting"]
    assert [record.message.partition(":")[0] for record in records] == [
        "the camera is lost, trying again",
        "the camera works again",
    ]


def test_a_camera_is_not_reopened_while_its_driver_still_holds_it():
    released, thread_counts = threading.Event(), []

    class Stuck(Camera):
        def read(self) -> Frame | None:
            thread_counts.append(sum(t.name == "moodpi-capture" for t in threading.enumerate()))
            return None if released.wait(10) else super().read()

    threading.Timer(1.5, released.set).start()
    stop = StopRequest()
    cameras = itertools.chain([Stuck(0, "freezes")], itertools.repeat(Camera(9, "is unplugged")))
    source = ReconnectingSource(
        lambda: NewestFrameSource(next(cameras), stop, close_timeout=0.05),
        stop,
        must_open=False,
        timing=FAST,
    )
    with source:
        assert source.read() is not None

    assert released.is_set()
    assert thread_counts == [1]


def test_a_driver_that_never_releases_the_camera_ends_the_run():
    released = threading.Event()

    class Stuck(Camera):
        def read(self) -> Frame | None:
            released.wait(10)
            return None

    stop = StopRequest()
    source = ReconnectingSource(
        lambda: NewestFrameSource(Stuck(0, "freezes"), stop, close_timeout=0.05),
        stop,
        must_open=False,
        timing=replace(FAST, release_timeout=0.3),
    )
    with source, raises("camera_not_released"):
        source.read()
    released.set()


def test_a_camera_with_a_loose_plug_is_reopened_at_growing_intervals_and_logged_once(caplog):
    openings = [(3, "is unplugged")] * 5
    with source_of(*openings, timing=ReconnectTiming(retry_delay=0.01)) as source:
        for _ in range(200):
            assert source.read() is not None

    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "the camera is lost, trying again"
    ]
    assert source._backoff.next_delay() == 0.01 * 2**5


class Still(Camera):
    """A frozen camera: it repeats one picture."""

    def read(self) -> Frame | None:
        time.sleep(0.02)
        return Frame(GREY, time.monotonic(), 0)


def test_a_frozen_camera_is_reopened(caplog):
    stop = StopRequest()
    cameras = iter([Still(0, ""), Still(0, ""), Camera(100_000, "is unplugged")])
    source = ReconnectingSource(
        lambda: NewestFrameSource(next(cameras), stop),
        stop,
        must_open=False,
        timing=replace(FAST, freeze_timeout=0.3),
    )
    with source:
        while np.array_equal(source.read().grey, GREY):
            pass

    assert next(cameras, None) is None
    assert "lost, trying again: the same picture for 0 s, byte for byte" in caplog.text


def test_each_attempt_with_a_frozen_camera_lasts_as_long_as_all_previous_ones(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    source = source_of(timing=ReconnectTiming(retry_delay=30.0))
    source._opened_at, openings = 0.0, []
    for second in range(1000):
        now[0] = float(second)
        if not source._accept(Frame(GREY, now[0], second)) and source._next_attempt == now[0] + 30:
            openings.append(second)
            source._opened_at = now[0]

    assert openings == [60, 121, 243, 487, 975]


def test_with_must_open_only_a_failure_before_the_first_frame_is_raised():
    with (
        source_of((0, "absent"), must_open=True) as absent,
        raises("no_camera"),
    ):
        absent.read()
    with source_of((1, "is unplugged"), must_open=True) as lost:
        assert lost.read() is not None
        assert lost.read() is not None


def test_the_end_of_the_source_is_the_end():
    with source_of((0, "ends")) as source:
        assert source.read() is None


def test_a_read_that_waits_calls_back_and_ends_at_a_stop_request():
    calls, stop = [], StopRequest()

    def callback() -> None:
        calls.append(1)
        stop.requested = len(calls) >= 4

    with source_of((0, "absent"), stop=stop, timing=ReconnectTiming()) as source:
        source.call_while_waiting(callback)
        assert source.read() is None
    assert len(calls) == 4


def test_retry_delays_double_up_to_the_maximum(monkeypatch):
    monkeypatch.setattr(time, "monotonic", lambda: 0.0)
    source = source_of(timing=ReconnectTiming())
    delays = []
    for _ in range(8):
        source._handle_loss(MoodpiError("no camera at all"))
        delays.append(source._next_attempt)

    assert delays == [1, 2, 4, 8, 16, 30, 30, 30]


def test_a_network_camera_that_closes_the_connection_is_reconnected():
    with served(8) as url, open_source(url, SourceSettings(read_timeout=1)) as source:
        frames = [source.read() for _ in range(12)]

    assert all(frame is not None for frame in frames)
