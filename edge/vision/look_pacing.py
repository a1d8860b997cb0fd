"""How often frames are looked at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# Looks this many seconds apart say nearly the same: more would cost time and tell nothing.
LOOK_INTERVAL = 0.2
# The interval after a change, and how long it applies, in seconds.
CHANGED_LOOK_INTERVAL, CHANGE_HOLD = 0.1, 1.0
# Absorbs the jitter of a camera's frame times, in seconds.
TIME_TOLERANCE = 0.03


class LookPacing:
    """Decides which frames are looked at: compared with earlier ones, searched and classified.

    Looks are LOOK_INTERVAL apart at every frame rate. While a face is new or missing, and for
    CHANGE_HOLD seconds after that or after the most probable emotion of a face has changed, they
    are CHANGED_LOOK_INTERVAL apart, so that a change is known early.
    """

    def __init__(self) -> None:
        self._last_look = self._last_change = -np.inf
        self._emotions: Sequence[str] = ()

    def look_due(self, time: float) -> bool:
        """Whether the frame at `time`, in seconds, is due; it then counts as looked at.

        It is if the clock restarts.
        """
        changed = 0 <= time - self._last_change < CHANGE_HOLD
        interval = CHANGED_LOOK_INTERVAL if changed else LOOK_INTERVAL
        if 0 <= time - self._last_look < interval - TIME_TOLERANCE:
            return False
        self._last_look = time
        return True

    def looked(self, emotions: Sequence[str], time: float, *, settled: bool) -> None:
        """Note what was seen at `time`.

        emotions: the most probable one of each chosen face. settled: whether no face is
        unconfirmed or missing.
        """
        if emotions != self._emotions or not settled:
            self._last_change = time
        self._emotions = emotions
