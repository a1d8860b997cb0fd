"""A live source gives its newest frame only, and counts the others."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from edge.frame import Frame
from edge.sources import FrameSource
from edge.sources.newest_frame import NewestFrameSource
from edge.system.signals import StopRequest
from moodpi.errors import MoodpiError


class Counter(FrameSource):
    """A camera that gives a numbered frame each time it is told to."""

    live = True

    def __init__(self, error: Exception | None = None) -> None:
        self.open_error = error
        self.closed = False
        self._wanted: list[int] = []
        self._changed = threading.Condition()
        self._given = 0

    def give(self, frames: int) -> None:
        """Let `frames` more come, and wait until the capture thread asks for yet another."""
        with self._changed:
            for _ in range(frames):
                self._wanted.append(1)
                self._changed.notify_all()
                assert self._changed.wait_for(lambda: not self._wanted, 5)

    def finish(self) -> None:
        with self._changed:
            self._wanted.append(0)
            self._changed.notify_all()

    def open(self) -> None:
        if self.open_error:
            raise self.open_error

    def read(self) -> Frame | None:
        with self._changed:
            self._changed.wait_for(lambda: self._wanted or self.closed, 5)
            if not self._wanted or not self._wanted.pop():
                return None
            self._changed.notify_all()
            self._given += 1
            return Frame(np.zeros((2, 2), np.uint8), self._given / 10, self._given - 1)

    def close(self) -> None:
        self.closed = True


def test_only_the_newest_frame_is_given_and_the_others_are_counted():
    camera = Counter()
    with NewestFrameSource(camera, StopRequest()) as source:
        camera.give(5)
        camera.finish()
        source._capture.join(5)
        assert source.read().index == 4
        assert source.read() is None
        assert source.dropped == 4


def test_the_capture_thread_is_named_and_gone_after_closing():
    camera = Counter()
    with NewestFrameSource(camera, StopRequest()):
        assert "moodpi-capture" in [thread.name for thread in threading.enumerate()]
        camera.finish()
    assert "moodpi-capture" not in [thread.name for thread in threading.enumerate()]
    assert camera.closed


def test_a_stop_ends_a_read_that_waits_for_a_frame():
    camera, stop = Counter(), StopRequest()
    with NewestFrameSource(camera, stop) as source:
        threading.Timer(0.1, stop.request).start()
        assert source.read() is None
        camera.finish()


def test_what_goes_wrong_in_the_capture_thread_is_raised_by_read():
    with (
        NewestFrameSource(Counter(MoodpiError("unplugged")), StopRequest()) as source,
        pytest.raises(MoodpiError, match="unplugged"),
    ):
        source.read()
