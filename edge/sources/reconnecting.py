"""A camera that may be absent, be unplugged, freeze and come back: whoever reads only waits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from edge.frame import Frame
from edge.sources.frozen_frame import FROZEN, FrozenFrameDetector
from edge.sources.newest_frame import NewestFrameSource
from edge.sources.source import FrameSource
from edge.system.signals import STOP_POLL_INTERVAL, StopRequest
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# A camera that is open and gives no picture for so long is stuck, in seconds.
SILENCE = 10.0
# The first wait before opening again, doubled each time up to the longest, in seconds.
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
# A camera is back once it has been open and well for so long: one with a loose plug comes and goes,
# and neither a line a second nor an opening a second is worth it, in seconds.
STEADY = 10.0
# How long a driver may keep a camera that was given up, in seconds.
HELD = 60.0


class ReconnectingSource(FrameSource):
    """Opens the camera again, ever more patiently, for as long as nobody asks it to stop.

    make: a new, unopened source each time. must_open: a failure before the first frame is raised,
    as for a camera that a person has just named. silence: how long an open camera may give no
    picture, in seconds. alive: called at least every
    STOP_POLL_INTERVAL while `read` waits. What happens to the camera is logged once.
    """

    live = True

    def __init__(
        self,
        make: Callable[[], NewestFrameSource],
        stop: StopRequest,
        *,
        must_open: bool,
        silence: float = SILENCE,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self._make = make
        self._stop = stop
        self._must_open = must_open
        self._silence = silence
        self._alive = alive
        self._current: NewestFrameSource | None = None
        self._given_up: NewestFrameSource | None = None
        self._stillness = FrozenFrameDetector()
        self._opened = self._heard = 0.0
        self._wait = FIRST_WAIT
        self._next_try = 0.0
        self._trouble = ""
        self._dropped = 0

    def open(self) -> None:
        self._open()

    def read(self) -> Frame | None:
        """The newest frame, however long it takes; None at a stream's end or once stop is asked.

        Raises MoodpiError where a driver keeps the camera for good.
        """
        while not self._stop.requested:
            self._alive()
            if self._current is None:
                self._try_again()
                continue
            try:
                frame = self._current.poll(STOP_POLL_INTERVAL)
            except Exception as error:  # noqa: BLE001  # drivers raise whatever they like
                self._lost(error)
                continue
            if frame is None and self._current.finished:
                return None
            if self._sees(frame):
                return frame
        return None

    def close(self) -> None:
        if self._current is not None:
            self._current.close()

    @property
    def dropped(self) -> int:
        return self._dropped + (self._current.dropped if self._current else 0)

    @property
    def trouble(self) -> str:
        return self._trouble

    def _open(self) -> None:
        self._current = self._make()
        self._current.open()
        self._opened = self._heard = time.monotonic()

    def _try_again(self) -> None:
        late = time.monotonic() - self._next_try
        # A driver that never lets go would cost one more thread at every try.
        held = self._given_up is not None and self._given_up.held
        if late >= 0 and not held:
            self._open()
        elif late > HELD:
            raise MoodpiError(
                f"the camera's driver has kept it for {HELD:.0f} s: only a new process gets it "
                "back; start moodpi again, as its service does by itself"
            )
        else:
            time.sleep(min(max(-late, 0), STOP_POLL_INTERVAL) or STOP_POLL_INTERVAL)

    def _sees(self, frame: Frame | None) -> bool:
        """Whether the frame shows the room; a camera that does not for too long is lost."""
        now = time.monotonic()
        if frame is None:
            if now - self._heard > self._silence:
                self._lost(MoodpiError(f"no picture for {self._silence:.0f} s"))
            return False
        self._heard = now
        still = self._stillness.of(frame)
        if still < FROZEN:
            self._found(now)
            return True
        # Each opening has as long to show another picture as all those before it together.
        if now - self._opened > still / 2:
            self._lost(MoodpiError(f"the same picture for {still:.0f} s, byte for byte"))
        return False

    def _found(self, now: float) -> None:
        self._must_open = False
        if now - self._opened < STEADY:
            return
        self._wait = FIRST_WAIT
        if self._trouble:
            self._trouble = ""
            log.info("the camera is back")

    def _lost(self, error: Exception) -> None:
        if self._must_open:
            raise error
        if not self._trouble:
            log.warning("the camera is lost, trying again: %s", error)
        self._trouble = f"the camera is lost: {error}"
        if self._current is not None:
            self._dropped += self._current.dropped
            self._current.close()
            self._given_up, self._current = self._current, None
        self._next_try = time.monotonic() + self._wait
        self._wait = min(2 * self._wait, LONGEST_WAIT)
