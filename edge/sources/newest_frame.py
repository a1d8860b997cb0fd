"""A live source that is read in its own thread and delivers only its newest frame."""

from __future__ import annotations

import logging
import threading

from edge.frame import Frame
from edge.sources.source import FrameSource
from edge.system.signals import STOP_POLL_INTERVAL, StopRequest

log = logging.getLogger(__name__)

# How long `close` waits for a capture thread that is blocked in a driver, in seconds.
CLOSE_TIMEOUT = 1.0


class NewestFrameSource(FrameSource):
    """A slot for one frame between the camera and the reader. A newer frame replaces an unread one.

    The capture thread opens, reads and closes the camera, so a slow or blocked driver never delays
    the reader. `read` raises the errors of that thread.
    """

    live = True

    def __init__(
        self, source: FrameSource, stop: StopRequest, *, close_timeout: float = CLOSE_TIMEOUT
    ) -> None:
        self._source = source
        self._stop = stop
        self._close_timeout = close_timeout
        self._capture: _CaptureThread | None = None

    def open(self) -> None:
        self._capture = _CaptureThread(self._source)
        self._capture.start()

    def read(self) -> Frame | None:
        """Wait for a frame newer than the last one; None at the end or after a stop request."""
        if self._capture is None:
            raise RuntimeError("the source is not open")
        while not self._stop.requested:
            if self._capture.wait(STOP_POLL_INTERVAL):
                return self._capture.take()
        return None

    def poll(self, timeout: float) -> Frame | None:
        """A frame newer than the last one; None if none arrives within `timeout` seconds."""
        if self._capture is None:
            raise RuntimeError("the source is not open")
        return self._capture.take() if self._capture.wait(timeout) else None

    @property
    def finished(self) -> bool:
        """Whether the source has ended and its last frame was read."""
        return self._capture is not None and self._capture.finished

    @property
    def capturing(self) -> bool:
        """Whether the capture thread runs; after `close` it is blocked in the driver."""
        return self._capture is not None and self._capture.is_alive()

    def close(self) -> None:
        if self._capture is not None:
            self._capture.close(self._close_timeout)

    @property
    def dropped(self) -> int:
        return 0 if self._capture is None else self._capture.dropped + self._source.dropped


class _CaptureThread(threading.Thread):
    """Reads the camera into the slot, which it shares with the reader under one condition."""

    def __init__(self, source: FrameSource) -> None:
        # A daemon thread: a blocked driver must not keep the process alive.
        super().__init__(name="moodpi-capture", daemon=True)
        self.dropped = 0
        self._source = source
        self._changed = threading.Condition()
        self._slot: Frame | None = None
        self._finished = False
        self._error: Exception | None = None
        self._closing = threading.Event()

    def run(self) -> None:
        try:
            with self._source:
                while not self._closing.is_set() and (frame := self._source.read()) is not None:
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
        """Wait for a frame or the end, at most `timeout` seconds; whether either has come."""
        with self._changed:
            return self._changed.wait_for(lambda: self._slot is not None or self._finished, timeout)

    @property
    def finished(self) -> bool:
        """Whether the thread has finished and the slot is empty."""
        with self._changed:
            return self._finished and self._slot is None

    def take(self) -> Frame | None:
        """Empty the slot. At the end, return None or raise the error that ended the thread."""
        with self._changed:
            frame, self._slot = self._slot, None
        if frame is None and self._error is not None:
            raise self._error
        return frame

    def close(self, timeout: float) -> None:
        """Ask the thread to release its camera and wait for it, at most `timeout` seconds."""
        self._closing.set()
        self.join(timeout)
        if self.is_alive():
            log.warning("the camera was not released within %g s", timeout)
