"""The mood tracker on scripted probabilities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from edge.config.settings import MoodSettings
from edge.mood.tracker import Mood, MoodTracker
from models.emotions import EMOTIONS

DEFAULTS = MoodSettings()
RATES = (5, 15)

Script = Sequence[tuple[float, np.ndarray | None]]


def shows(emotion: str, confidence: float = 0.8) -> np.ndarray:
    probabilities = np.full(7, (1 - confidence) / 6, np.float32)
    probabilities[EMOTIONS.index(emotion)] = confidence
    return probabilities


def play(
    tracker: MoodTracker,
    rate: float,
    script: Script,
    start: float = 0,
) -> list[tuple[float, Mood]]:
    """Feed (seconds, probabilities) segments at a frame rate; the changes with their times."""
    changes = []
    for time, probabilities in frames(rate, script):
        mood = tracker.update(probabilities, start + time)
        if mood is not None:
            changes.append((time, mood))
    return changes


def frames(rate: float, script: Script) -> Iterator[tuple[float, np.ndarray | None]]:
    begin = 0.0
    for seconds, probabilities in script:
        for step in range(round(seconds * rate)):
            yield begin + step / rate, probabilities
        begin += seconds


def emotions(changes: list[tuple[float, Mood]]) -> list[str | None]:
    return [mood.emotion for _, mood in changes]


@pytest.mark.parametrize("rate", RATES)
def test_the_first_mood_settles_within_two_seconds_of_face(rate):
    changes = play(MoodTracker(DEFAULTS), rate, [(3, shows("happy"))])
    assert emotions(changes) == ["happy"]
    time, mood = changes[0]
    assert 0.5 <= time <= 2
    assert mood.share == pytest.approx(0.8, abs=1e-3)
    assert mood.probabilities.dtype == np.float32
    assert mood.probabilities.sum() == pytest.approx(1, abs=1e-5)


def test_one_frame_a_second_still_settles_within_two_seconds():
    changes = play(MoodTracker(DEFAULTS), 1, [(5, shows("sad"))])
    assert emotions(changes) == ["sad"]
    assert changes[0][0] <= 2


@pytest.mark.parametrize("rate", RATES)
def test_a_constant_face_causes_no_further_change(rate):
    assert emotions(play(MoodTracker(DEFAULTS), rate, [(120, shows("neutral", 0.7))])) == [
        "neutral"
    ]


@pytest.mark.parametrize("rate", RATES)
def test_an_unclear_face_has_a_mood_when_its_observations_have_added_up(rate):
    changes = play(MoodTracker(DEFAULTS), rate, [(120, shows("neutral", 0.4))])
    assert emotions(changes) == ["neutral"]
    assert 2 < changes[0][0] <= 4
    assert changes[0][1].why.startswith("first mood")


@pytest.mark.parametrize("rate", RATES)
def test_after_the_unsure_timeout_a_majority_becomes_the_mood(rate):
    """The face wavers between two emotions, one of which is a little more frequent."""
    script = [(0.6, shows("neutral", 0.5)), (0.4, shows("sad", 0.5))] * 40
    changes = play(MoodTracker(replace(DEFAULTS, enter=0.99)), rate, script)
    assert emotions(changes) == ["neutral"]
    assert changes[0][0] == pytest.approx(DEFAULTS.unsure_timeout, abs=0.41)
    assert 0.5 <= changes[0][1].belief < 0.99


def test_without_a_majority_there_is_no_mood():
    script = [(0.4, shows(emotion, 0.5)) for _ in range(60) for emotion in ("sad", "angry", "fear")]
    tracker = MoodTracker(DEFAULTS)
    assert play(tracker, 5, script) == []
    assert tracker.present
    assert tracker.mood is None


@pytest.mark.parametrize("rate", RATES)
def test_a_lasting_change_is_detected_within_four_seconds(rate):
    changes = play(
        MoodTracker(DEFAULTS), rate, [(20, shows("happy", 0.7)), (20, shows("sad", 0.7))]
    )
    assert emotions(changes) == ["happy", "sad"]
    assert 21 <= changes[1][0] <= 24
    assert "sad rose to" in changes[1][1].why
    assert "happy fell" in changes[1][1].why


@pytest.mark.parametrize("rate", RATES)
def test_a_short_grimace_changes_nothing(rate):
    script = [(20, shows("happy")), (0.6, shows("disgust", 0.95)), (20, shows("happy"))]
    assert emotions(play(MoodTracker(DEFAULTS), rate, script)) == ["happy"]


@pytest.mark.parametrize("rate", RATES)
def test_noise_around_a_mood_is_averaged_away(rate):
    random = np.random.default_rng(7)
    tracker = MoodTracker(DEFAULTS)
    changes = []
    for step in range(120 * rate):
        probabilities = shows(
            "happy" if random.random() < 0.75 else str(random.choice(EMOTIONS)), 0.7
        )
        changes.append(tracker.update(probabilities, step / rate))
    assert [mood.emotion for mood in changes if mood] == ["happy"]


def test_the_frame_rate_does_not_affect_the_changes():
    script = [
        (12, shows("happy", 0.7)),
        (4, shows("sad", 0.9)),
        (8, shows("happy", 0.6)),
        (15, shows("angry", 0.7)),
        (12, None),
        (10, shows("surprise", 0.5)),
    ]
    slow, fast = (play(MoodTracker(DEFAULTS), rate, script) for rate in (5, 30))
    expected = ["happy", "sad", "happy", "angry", "surprise"]
    assert emotions(slow) == emotions(fast) == expected
    for (slow_time, slow_mood), (fast_time, fast_mood) in zip(slow, fast, strict=True):
        assert slow_time == pytest.approx(fast_time, abs=0.41)
        assert slow_mood.share == pytest.approx(fast_mood.share, abs=0.08)


def test_irregular_frames_give_the_same_changes_as_regular_ones():
    random = np.random.default_rng(3)
    tracker = MoodTracker(DEFAULTS)
    time, changes = 0.0, []
    while time < 40:
        mood = tracker.update(shows("happy" if time < 20 else "sad", 0.7), time)
        changes += [(time, mood)] if mood else []
        time += random.uniform(0.02, 0.45)
    assert emotions(changes) == ["happy", "sad"]
    assert 21 <= changes[1][0] <= 24


def test_the_refractory_period_delays_the_next_change():
    script = [(10, shows("happy")), (4, shows("sad")), (20, shows("angry"))]
    settings = replace(DEFAULTS, refractory=8)
    changes = play(MoodTracker(settings), 10, script)
    assert emotions(changes) == ["happy", "sad", "angry"]
    assert changes[2][0] - changes[1][0] == pytest.approx(8, abs=0.11)


@pytest.mark.parametrize("rate", RATES)
def test_the_first_mood_can_be_corrected_at_once(rate):
    changes = play(MoodTracker(DEFAULTS), rate, [(2, shows("sad")), (10, shows("happy"))])
    assert emotions(changes) == ["sad", "happy"]
    assert changes[1][0] <= 5 < changes[0][0] + DEFAULTS.refractory


def test_a_faint_majority_becomes_the_mood_slowly():
    unclear = np.array([0.04, 0.02, 0.06, 0.45, 0.33, 0.02, 0.08], np.float32)
    script = [(30, shows("sad")), (60, unclear)]
    changes = play(MoodTracker(DEFAULTS), 5, script)
    assert emotions(changes) == ["sad", "happy"]
    assert changes[1][0] > 30 + 8


@pytest.mark.parametrize("rate", RATES)
def test_a_face_that_shows_nothing_becomes_unsure_after_a_minute_or_two(rate):
    nothing = np.full(7, 1 / 7, np.float32)
    changes = play(MoodTracker(DEFAULTS), rate, [(10, shows("happy")), (180, nothing)])
    assert emotions(changes) == ["happy", None]
    assert 60 < changes[1][0] < 130
    assert changes[1][1].belief == pytest.approx(DEFAULTS.leave, abs=0.01)


@pytest.mark.parametrize("rate", RATES)
def test_somebody_who_talks_keeps_the_mood(rate):
    """A smile for two seconds, and a mouth in motion for the next two."""
    talking = np.array([0.12, 0.05, 0.2, 0.2, 0.15, 0.13, 0.15], np.float32)
    script = [(2, shows("happy", 0.7)), (2.4, talking)] * 60
    assert emotions(play(MoodTracker(DEFAULTS), rate, script)) == ["happy"]


def test_the_refractory_period_does_not_apply_after_unsure():
    nothing = np.full(7, 1 / 7, np.float32)
    script = [(20, shows("happy")), (120, nothing), (10, shows("sad")), (10, shows("angry"))]
    changes = play(MoodTracker(replace(DEFAULTS, refractory=30)), 10, script)
    assert emotions(changes) == ["happy", None, "sad", "angry"]
    assert changes[3][0] - changes[2][0] < 30


@pytest.mark.parametrize("rate", RATES)
def test_a_face_that_becomes_clear_late_has_one_first_mood(rate):
    nothing = np.full(7, 1 / 7, np.float32)
    changes = play(MoodTracker(DEFAULTS), rate, [(10, nothing), (5, shows("happy"))])
    assert emotions(changes) == ["happy"]
    assert 10 < changes[0][0] < 13
    assert changes[0][1].why.startswith("first mood")


@pytest.mark.parametrize("rate", RATES)
def test_an_absence_resets_the_tracker(rate):
    tracker = MoodTracker(DEFAULTS)
    script = [(10, shows("happy")), (11, None), (5, shows("sad"))]
    changes = play(tracker, rate, script)
    assert emotions(changes) == ["happy", "sad"]
    assert changes[1][0] == pytest.approx(21 + changes[0][0], abs=0.01)
    assert changes[1][1].share == pytest.approx(0.8, abs=1e-3)


@pytest.mark.parametrize("rate", RATES)
def test_a_person_is_present_until_the_absence_has_passed(rate):
    tracker = MoodTracker(DEFAULTS)
    assert not tracker.present
    play(tracker, rate, [(2, shows("happy")), (9, None)])
    assert tracker.present
    play(tracker, rate, [(3, None)], start=11)
    assert not tracker.present


@pytest.mark.parametrize("rate", RATES)
def test_a_face_lost_for_a_moment_keeps_the_mood(rate):
    script = [(10, shows("happy")), (3, None), (0.4, shows("fear", 0.9)), (10, shows("happy"))]
    assert emotions(play(MoodTracker(DEFAULTS), rate, script)) == ["happy"]


def test_a_face_in_every_third_frame_settles():
    tracker = MoodTracker(DEFAULTS)
    moods = [tracker.update(shows("happy") if n % 3 == 0 else None, n / 10) for n in range(40)]
    settled = [(n / 10, mood.emotion) for n, mood in enumerate(moods) if mood]
    assert settled == [(1.5, "happy")]


def test_a_clock_that_is_set_back_keeps_the_mood():
    tracker = MoodTracker(DEFAULTS)
    assert emotions(play(tracker, 10, [(10, shows("happy"))], start=1000)) == ["happy"]
    assert play(tracker, 10, [(10, shows("happy"))], start=-86400) == []
    changes = play(tracker, 10, [(10, shows("sad"))], start=-86390)
    assert emotions(changes) == ["sad"]


def test_two_frames_of_the_same_moment_count_once():
    tracker = MoodTracker(DEFAULTS)
    assert [tracker.update(shows("happy"), 5.0) for _ in range(100)] == [None] * 100
