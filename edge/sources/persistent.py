"""A camera that may be absent, be unplugged, freeze and come back: whoever reads only waits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from edge.frames import Frame
from edge.sources.newest import NewestFrame
from edge.sources.source import FrameSource
from edge.stop import STOP_LATENCY, Stop
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# A camera that is open and gives no picture for so long is stuck, in seconds.
SILENCE = 10.0
# The first wait before opening again, doubled each time up to the longest, in seconds.
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0


class PersistentSource(FrameSource):
    """Opens the camera again, ever more patiently, for as long as nobody asks it to stop.

    make: a new, unopened source each time. must_open: a failure before the first frame is raised,
    as for a camera that a person has just named. alive: called at least every STOP_LATENCY while
    `read` waits, to show that the program turns. What happens to the camera is logged once.
    """

    live = True

    def __init__(
        self,
        make: Callable[[], NewestFrame],
        stop: Stop,
        *,
        must_open: bool,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self._make = make
        self._stop = stop
        self._must_open = must_open
        self._alive = alive
        self._current: NewestFrame | None = None
        self._given_up: NewestFrame | None = None
        self._heard = 0.0
        self._wait = FIRST_WAIT
        self._next_try = 0.0
        self._in_trouble = False
        self._dropped = 0

    def open(self) -> None:
        self._open()

    def read(self) -> Frame | None:
        """The newest frame, however long it takes; None at a stream's end or once stop is asked."""
        while not self._stop.requested:
            self._alive()
            if self._current is None:
                self._try_again()
                continue
            try:
                frame = self._current.poll(STOP_LATENCY)
            except Exception as error:  # noqa: BLE001  # drivers raise whatever they like
                self._lost(error)
                continue
            if frame is not None:
                self._found()
                return frame
            if self._current.finished:
                return None
            if time.monotonic() - self._heard > SILENCE:
                self._lost(MoodpiError(f"no picture for {SILENCE:.0f} s"))
        return None

    def close(self) -> None:
        if self._current is not None:
            self._current.close()

    @property
    def dropped(self) -> int:
        return self._dropped + (self._current.dropped if self._current else 0)

    def _open(self) -> None:
        self._current = self._make()
        self._current.open()
        self._heard = time.monotonic()

    def _try_again(self) -> None:
        left = self._next_try - time.monotonic()
        # A driver that never lets go would cost one more thread at every try.
        if left > 0 or (self._given_up is not None and self._given_up.held):
            time.sleep(STOP_LATENCY if left <= 0 else min(left, STOP_LATENCY))
        else:
            self._open()

    def _found(self) -> None:
        self._heard = time.monotonic()
        self._must_open = False
        self._wait = FIRST_WAIT
        if self._in_trouble:
            self._in_trouble = False
            log.info("the camera is back")

    def _lost(self, error: Exception) -> None:
        if self._must_open:
            raise error
        if not self._in_trouble:
            self._in_trouble = True
            log.warning("the camera is lost, trying again: %s", error)
        if self._current is not None:
            self._dropped += self._current.dropped
            self._current.close()
            self._given_up, self._current = self._current, None
        self._next_try = time.monotonic() + self._wait
        self._wait = min(2 * self._wait, LONGEST_WAIT)
