"""Why a run ended without a mood."""

from __future__ import annotations

from edge.events import RunCounts

# In this time a face settles the first mood, in seconds.
FIRST_MOOD_TIME = 2.0


def reason_without_mood(counts: RunCounts, seconds: float) -> str:
    """One sentence about a run without a change of mood; empty if there was one.

    seconds: The time of the last frame, from the start of the film or folder.
    """
    if counts.changes:
        return ""
    frames = f"{counts.frames:,} frame{'' if counts.frames == 1 else 's'}"
    if seconds < FIRST_MOOD_TIME:
        return (
            f"no mood: {frames} in {seconds:.1f} s, too few: a mood needs {FIRST_MOOD_TIME:g} s of "
            "the same face; for single photos use `moodpi classify`"
        )
    if not counts.faces:
        return (
            f"no mood: no face was seen for long enough in {frames}; a face must look at the "
            "camera, in good light"
        )
    return (
        f"no mood: a face was seen in {counts.faces:,} of {frames}, not long enough or without a "
        "clear expression"
    )
