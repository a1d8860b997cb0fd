"""A live source delivers only its newest frame and counts the others."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from edge.frame import Frame
from edge.sources import FrameSource
from edge.sources.newest_frame import NewestFrameSource
from edge.system.signals import StopRequest
from moodpi.errors import MoodpiError


class CountingCamera(FrameSource):
    """A camera that delivers a numbered frame on each request of the test."""

    live = True

    def __init__(self, error: Exception | None = None) -> None:
        self.open_error = error
        self.closed = False
        self._requested: list[int] = []
        self._changed = threading.Condition()
        self._delivered = 0

    def deliver(self, frames: int) -> None:
        """Deliver frames, and wait until the capture thread requests another one."""
        with self._changed:
            for _ in range(frames):
                self._requested.append(1)
                self._changed.notify_all()
                assert self._changed.wait_for(lambda: not self._requested, 5)

    def finish(self) -> None:
        with self._changed:
            self._requested.append(0)
            self._changed.notify_all()

    def open(self) -> None:
        if self.open_error:
            raise self.open_error

    def read(self) -> Frame | None:
        with self._changed:
            self._changed.wait_for(lambda: self._requested or self.closed, 5)
            if not self._requested or not self._requested.pop():
                return None
            self._changed.notify_all()
            self._delivered += 1
            return Frame(np.zeros((2, 2), np.uint8), self._delivered / 10, self._delivered - 1)

    def close(self) -> None:
        self.closed = True


def test_delivers_only_the_newest_frame_and_counts_the_others():
    camera = CountingCamera()
    with NewestFrameSource(camera, StopRequest()) as source:
        camera.deliver(5)
        camera.finish()
        source._capture.join(5)
        assert source.read().index == 4
        assert source.read() is None
        assert source.dropped == 4


def test_the_capture_thread_is_named_and_gone_after_closing():
    camera = CountingCamera()
    with NewestFrameSource(camera, StopRequest()):
        assert "moodpi-capture" in [thread.name for thread in threading.enumerate()]
        camera.finish()
    assert "moodpi-capture" not in [thread.name for thread in threading.enumerate()]
    assert camera.closed


def test_a_stop_ends_a_read_that_waits_for_a_frame():
    camera, stop = CountingCamera(), StopRequest()
    with NewestFrameSource(camera, stop) as source:
        threading.Timer(0.1, stop.request).start()
        assert source.read() is None
        camera.finish()


def test_an_error_in_the_capture_thread_is_raised_by_read():
    with (
        NewestFrameSource(CountingCamera(MoodpiError("unplugged")), StopRequest()) as source,
        pytest.raises(MoodpiError, match="unplugged"),
    ):
        source.read()
