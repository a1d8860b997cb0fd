"""A live source that is reopened when it fails: the camera may be absent, unplugged or frozen."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from edge.frame import Frame
from edge.sources.frozen_frame import FrozenFrameDetector
from edge.sources.newest_frame import NewestFrameSource
from edge.sources.source import FrameSource
from edge.system.backoff import Backoff
from edge.system.signals import STOP_POLL_INTERVAL, StopRequest
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReconnectTiming:
    """When a camera counts as lost or recovered, in seconds.

    Attributes:
        frame_timeout: Longest time without a frame from an open camera.
        freeze_timeout: Longest time with an unchanged picture. A test pattern or a dark room can be
            legitimate, but shows nobody.
        stable_time: Time of normal operation after which a camera counts as recovered. A camera
            with a loose plug stays lost, so that it is not logged and reopened every second.
        retry_delay, max_retry_delay: First and longest delay between attempts to open the camera.
        release_timeout: Longest time that a driver may take to release a camera.
    """

    frame_timeout: float = 10.0
    freeze_timeout: float = 60.0
    stable_time: float = 10.0
    retry_delay: float = 1.0
    max_retry_delay: float = 30.0
    release_timeout: float = 60.0


class ReconnectingSource(FrameSource):
    """Reopens a live source until a stop is requested. Loss and recovery are logged once each.

    Args:
        make: Creates a new, unopened source for each attempt.
        must_open: Raise an error that occurs before the first frame instead of retrying. This is
            for a camera that the user has just named.
    """

    live = True

    def __init__(
        self,
        make: Callable[[], NewestFrameSource],
        stop: StopRequest,
        *,
        must_open: bool,
        timing: ReconnectTiming | None = None,
    ) -> None:
        self._make = make
        self._stop = stop
        self._must_open = must_open
        self._while_waiting: Callable[[], None] = lambda: None
        self._timing = timing or ReconnectTiming()
        self._backoff = Backoff(self._timing.retry_delay, self._timing.max_retry_delay)
        self._current: NewestFrameSource | None = None
        self._abandoned: NewestFrameSource | None = None
        self._frozen = FrozenFrameDetector()
        self._opened_at = self._last_frame_at = 0.0
        self._next_attempt = 0.0
        self._error = ""
        self._dropped = 0

    def call_while_waiting(self, callback: Callable[[], None]) -> None:
        self._while_waiting = callback

    def open(self) -> None:
        self._open()

    def read(self) -> Frame | None:
        """The newest frame, however long it takes; None after the last one or a stop request.

        Raises MoodpiError if a driver never releases the camera.
        """
        while not self._stop.requested:
            self._while_waiting()
            if self._current is None:
                self._reopen()
                continue
            try:
                frame = self._current.poll(STOP_POLL_INTERVAL)
            except Exception as error:  # noqa: BLE001  # drivers raise exceptions of any kind
                self._handle_loss(error)
                continue
            if frame is None and self._current.finished:
                return None
            if self._accept(frame):
                return frame
        return None

    def close(self) -> None:
        if self._current is not None:
            self._current.close()

    @property
    def dropped(self) -> int:
        return self._dropped + (self._current.dropped if self._current else 0)

    @property
    def error(self) -> str:
        return self._error

    def _open(self) -> None:
        self._current = self._make()
        self._current.open()
        self._opened_at = self._last_frame_at = time.monotonic()

    def _reopen(self) -> None:
        """Make the next attempt if it is due, else wait for up to STOP_POLL_INTERVAL."""
        overdue = time.monotonic() - self._next_attempt
        # Each attempt with a camera that its driver still holds would leave another stuck thread.
        held = self._abandoned is not None and self._abandoned.capturing
        if overdue >= 0 and not held:
            self._open()
        elif overdue > self._timing.release_timeout:
            raise MoodpiError(
                "the camera's driver did not release the camera within "
                f"{self._timing.release_timeout:.0f} s: restart moodpi (its service restarts "
                "by itself)",
                code="camera_not_released",
            )
        else:
            time.sleep(min(max(-overdue, 0), STOP_POLL_INTERVAL) or STOP_POLL_INTERVAL)

    def _accept(self, frame: Frame | None) -> bool:
        """Whether the frame is usable; without a usable frame for too long the camera is lost."""
        now = time.monotonic()
        if frame is None:
            if now - self._last_frame_at > self._timing.frame_timeout:
                self._handle_loss(MoodpiError(f"no picture for {self._timing.frame_timeout:.0f} s"))
            return False
        self._last_frame_at = now
        unchanged = self._frozen.unchanged_seconds(frame)
        if unchanged < self._timing.freeze_timeout:
            self._handle_success(now)
            return True
        # Reopen the camera after freeze_timeout, then each time that the duration of the freeze has
        # doubled: by default after about 60, 120 and 240 s.
        if now - self._opened_at > unchanged / 2:
            self._handle_loss(MoodpiError(f"the same picture for {unchanged:.0f} s, byte for byte"))
        return False

    def _handle_success(self, now: float) -> None:
        self._must_open = False
        if now - self._opened_at < self._timing.stable_time:
            return
        self._backoff.reset()
        if self._error:
            self._error = ""
            log.info("the camera works again")

    def _handle_loss(self, error: Exception) -> None:
        if self._must_open:
            raise error
        if not self._error:
            log.warning("the camera is lost, trying again: %s", error)
        self._error = f"the camera is lost: {error}"
        if self._current is not None:
            self._dropped += self._current.dropped
            self._current.close()
            self._abandoned, self._current = self._current, None
        self._next_attempt = time.monotonic() + self._backoff.next_delay()
