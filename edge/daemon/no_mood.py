"""Why a run ended without a mood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from edge.events import RunCounts
from edge.frame import Frame
from edge.vision.view_check import FindingName, ViewCheck

# In this time, a clear face has a mood, in seconds.
FIRST_MOOD_TIME = 2.0
# A check takes longer than a frame: so many at most, at this distance in seconds.
MAX_CHECKS, CHECK_INTERVAL = 8, 2.0
# What is wrong with a picture without a usable face, the cause before its effects.
CAUSES: dict[FindingName, str] = {
    "covered": "show nothing",
    "dark": "are too dark",
    "turned": "are turned: set rotation under [source], see `moodpi look`",
    "small": "show a face that is too small: enlarge the picture",
    "blurred": "are blurred",
}


class NoMoodReason:
    """Collects what explains a run without a mood, until there is one.

    make_check: Checks some frames without a face. None for a camera, which has no time for it.
    """

    def __init__(self, make_check: Callable[[], ViewCheck] | None = None) -> None:
        self._make_check = make_check
        self._check: ViewCheck | None = None
        self._has_mood = False
        self._first_time: float | None = None
        self._last_time = 0.0
        self._next_check = 0.0
        self._checks = 0
        self._findings: Counter[FindingName] = Counter()

    def add_mood(self) -> None:
        """There was a mood."""
        self._has_mood = True

    def add_frame(self, frame: Frame, *, has_face: bool) -> None:
        """A frame was analysed."""
        if self._first_time is None:
            self._first_time = self._next_check = frame.time
        self._last_time = frame.time
        due = self._checks < MAX_CHECKS and frame.time >= self._next_check
        if due and not has_face and not self._has_mood and self._make_check is not None:
            self._check = self._check or self._make_check()
            self._findings.update(self._check.check(frame.grey).findings)
            self._checks += 1
            self._next_check = frame.time + CHECK_INTERVAL

    def text(self, counts: RunCounts) -> str:
        """One sentence about a run with these counts; empty if it had a mood."""
        if self._has_mood:
            return ""
        frames = f"{counts.frames:,} frame{'' if counts.frames == 1 else 's'}"
        seconds = self._last_time - (self._first_time or 0.0)
        if seconds < FIRST_MOOD_TIME:
            return (
                f"no mood: {frames} in {seconds:.1f} s, too few: a mood needs "
                f"{FIRST_MOOD_TIME:g} s of the same face; for single photos use `moodpi classify`"
            )
        if counts.faces:
            face_seconds = seconds * counts.faces / counts.frames
            why = (
                "not long enough"
                if face_seconds < FIRST_MOOD_TIME
                else "and no emotion was clear enough"
            )
            return f"no mood: a face was seen in {counts.faces:,} of {frames}, {why}"
        return f"no mood: no face found in {frames}{self._cause()}"

    def _cause(self) -> str:
        """What most of the checked frames have in common."""
        for finding, words in CAUSES.items():
            if 2 * self._findings[finding] >= max(1, self._checks):
                return f"; {self._findings[finding]} of {self._checks} checked frames {words}"
        return "; a face must look at the camera, in good light"
