"""The reason that a run of a film or a folder gives if it ends without a mood."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from edge.daemon.no_mood import reason_without_mood
from edge.events import RunCounts


def counts(frames: int, faces: int, changes: int = 0) -> RunCounts:
    return RunCounts(frames, frames, 0, 0, 0, faces, changes)


def test_a_run_with_a_mood_needs_no_reason() -> None:
    assert reason_without_mood(counts(50, 40, 1), 10.0) == ""


@pytest.mark.parametrize(
    ("frames", "faces", "seconds", "text"),
    [(1, 0, 0.0, "too few"), (50, 0, 10.0, "no face"), (50, 12, 10.0, "12 of 50 frames")],
)
def test_the_reason_depends_on_the_counts(
    frames: int, faces: int, seconds: float, text: str
) -> None:
    assert text in reason_without_mood(counts(frames, faces), seconds)


def test_a_folder_with_one_photo_says_why_there_is_no_mood(
    moodpi, tmp_path: Path, portrait: Path
) -> None:
    (tmp_path / "album").mkdir()
    shutil.copy(portrait, tmp_path / "album" / "1.jpg")
    done = moodpi("run", "--source", "album", "--json")
    assert done.returncode == 0
    (status,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert status["why"].startswith("no mood: 1 frame ")
    assert status["why"] in done.stderr
