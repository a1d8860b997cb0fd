"""The reason that a run of a film or a folder gives if it ends without a mood."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from edge.config.settings import FacesSettings, SourceSettings
from edge.daemon.no_mood import NoMoodReason
from edge.events import RunCounts
from edge.frame import Frame
from edge.vision.view_check import ViewCheck
from tests.benchmarks.portrait_film import portrait_at
from tests.benchmarks.scene import Camera, room


def counts(frames: int, faces: int) -> RunCounts:
    return RunCounts(frames, frames, 0, 0, 0, faces, 0)


def reason(seconds: float) -> NoMoodReason:
    """The reason of a run whose clock does not start at 0."""
    why = NoMoodReason()
    for time in (1000.0, 1000.0 + seconds):
        why.add_frame(Frame(np.zeros((60, 60), np.uint8), time, 0), has_face=False)
    return why


def test_a_run_with_a_mood_needs_no_reason() -> None:
    why = reason(10.0)
    why.add_mood()
    assert why.text(counts(50, 40)) == ""


@pytest.mark.parametrize(
    ("frames", "faces", "seconds", "text"),
    [
        (1, 0, 0.0, "too few"),
        (50, 0, 10.0, "no face found in 50 frames"),
        (50, 9, 10.0, "9 of 50 frames, not long enough"),
        (50, 40, 10.0, "40 of 50 frames, and no emotion was clear enough"),
    ],
)
def test_the_reason_depends_on_the_counts(
    frames: int, faces: int, seconds: float, text: str
) -> None:
    assert text in reason(seconds).text(counts(frames, faces))


@pytest.mark.parametrize(("light", "text"), [(0.05, "too dark"), (1.0, "good light")])
def test_frames_without_a_face_are_checked(light: float, text: str) -> None:
    random = np.random.default_rng(5)
    picture = Camera(random, 320, 240, 4.0).take(room(random, 320, 240), light)
    why = NoMoodReason(lambda: ViewCheck(FacesSettings(), SourceSettings()))
    for time in (0.0, 1.0, 2.5):
        why.add_frame(Frame(picture, time, 0), has_face=False)
    assert text in why.text(counts(3, 0))


def test_faces_that_are_too_small_are_named() -> None:
    random = np.random.default_rng(5)
    scene = portrait_at(room(random, 640, 480), (320, 200), 32)
    picture = Camera(np.random.default_rng(6), 640, 480, 4.0).take(scene)
    why = NoMoodReason(lambda: ViewCheck(FacesSettings(), SourceSettings()))
    for time in (0.0, 2.5):
        why.add_frame(Frame(picture, time, 0), has_face=False)
    assert "2 of 2 checked frames show a face that is too small" in why.text(counts(30, 0))


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
