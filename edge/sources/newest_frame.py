"""A live source read in a thread of its own, of which only the newest frame is kept."""

from __future__ import annotations

import logging
import threading

from edge.frame import Frame
from edge.sources.source import FrameSource
from edge.system.signals import STOP_POLL_INTERVAL, StopRequest

log = logging.getLogger(__name__)

# How long closing waits for a capture that is stuck inside a driver, in seconds.
CLOSE_TIMEOUT = 1.0


class NewestFrameSource(FrameSource):
    """One slot between the camera's pace and the reader's; a frame not taken in time is dropped.

    The camera is opened, read and released in the capture thread, so that a slow or stuck driver
    never holds up the reader; whatever goes wrong there is raised by `read`.
    """

    live = True

    def __init__(self, source: FrameSource, stop: StopRequest) -> None:
        self._source = source
        self._stop = stop
        self._capture: _Capture | None = None

    def open(self) -> None:
        self._capture = _Capture(self._source)
        self._capture.start()

    def read(self) -> Frame | None:
        """Wait for a frame newer than the last one; None at the end or once a stop is requested."""
        if self._capture is None:
            raise RuntimeError("read of a source that is not open")
        while not self._stop.requested:
            if self._capture.wait(STOP_POLL_INTERVAL):
                return self._capture.take()
        return None

    def poll(self, timeout: float) -> Frame | None:
        """A frame newer than the last one if there is one within `timeout` seconds, else None."""
        if self._capture is None:
            raise RuntimeError("poll of a source that is not open")
        return self._capture.take() if self._capture.wait(timeout) else None

    @property
    def finished(self) -> bool:
        """Whether the source has come to its end: nothing more will come."""
        return self._capture is not None and self._capture.finished

    @property
    def held(self) -> bool:
        """Whether the capture thread still has the camera, as in a driver that never returns."""
        return self._capture is not None and self._capture.is_alive()

    def close(self) -> None:
        if self._capture is not None:
            self._capture.end()

    @property
    def dropped(self) -> int:
        return 0 if self._capture is None else self._capture.dropped


class _Capture(threading.Thread):
    """The thread, and the slot that it shares with the reader under one condition."""

    def __init__(self, source: FrameSource) -> None:
        # A daemon thread: a driver that never returns must not keep the process alive.
        super().__init__(name="moodpi-capture", daemon=True)
        self.dropped = 0
        self._source = source
        self._changed = threading.Condition()
        self._slot: Frame | None = None
        self._finished = False
        self._error: Exception | None = None
        self._ending = threading.Event()

    def run(self) -> None:
        try:
            with self._source:
                while not self._ending.is_set() and (frame := self._source.read()) is not None:
                    self._put(frame)
        except Exception as error:  # noqa: BLE001  # raised again in the reader's thread
            self._error = error
        finally:
            with self._changed:
                self._finished = True
                self._changed.notify()

    def _put(self, frame: Frame) -> None:
        with self._changed:
            if self._slot is not None:
                self.dropped += 1
            self._slot = frame
            self._changed.notify()

    def wait(self, timeout: float) -> bool:
        """Whether `take` has something to say, after waiting for it at most `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._slot is not None or self._finished, timeout)

    @property
    def finished(self) -> bool:
        """Whether the thread is at its end and the slot is empty."""
        with self._changed:
            return self._finished and self._slot is None

    def take(self) -> Frame | None:
        """Empty the slot; at the end None, or the error that ended it."""
        with self._changed:
            frame, self._slot = self._slot, None
        if frame is None and self._error is not None:
            raise self._error
        return frame

    def end(self) -> None:
        """Ask the thread to release its camera and wait for it, but not for ever."""
        self._ending.set()
        self.join(CLOSE_TIMEOUT)
        if self.is_alive():
            log.warning("the camera did not let go within %g s", CLOSE_TIMEOUT)
