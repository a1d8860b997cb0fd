"""Learning what a camera sees most: in days, never in an hour. The hours are simulated."""

from __future__ import annotations

import numpy as np
import pytest

from edge.config.settings import MoodSettings
from edge.mood.resting_face import USUAL, RestingFace
from edge.mood.resting_learner import MAX_STEP, SPEED, RestingLearner
from edge.mood.tracker import MoodTracker
from models.emotions import EMOTIONS
from tests.edge.mood.test_resting_face import look, top

HOUR = 3600


def lived(learner: RestingLearner, hours: float, *shown: dict[str, float]) -> RestingLearner:
    """The learner after hours, one look a second, in which the looks take turns by the minute."""
    for second in range(int(hours * HOUR)):
        learner.add(look(shown[second // 60 % len(shown)]), float(second))
    return learner


@pytest.mark.parametrize("emotion", EMOTIONS)
@pytest.mark.parametrize("share", [0.4, 0.95])
def test_a_mood_is_not_learned_away_within_an_hour(emotion: str, share: float) -> None:
    """The looks are judged against what is learned at each moment, and none changes the mood."""
    learner, tracker = RestingLearner(), MoodTracker(MoodSettings())
    shown = look({emotion: share})
    moods = []
    for second in range(HOUR):
        learner.add(shown, float(second))
        judged = RestingFace(learner.mean_log_probabilities).judge(shown)
        if mood := tracker.update(judged, float(second)):
            moods.append(mood.emotion)
    assert moods[-1] == emotion
    assert moods.count(emotion) == 1
    assert tracker.mood is not None
    assert tracker.mood.emotion == emotion


def test_no_look_moves_a_mean_faster_than_the_limit() -> None:
    learner = lived(RestingLearner(), 1, {"sad": 1.0}, {"angry": 1.0})
    assert np.abs(learner.mean_log_probabilities - USUAL).max() <= SPEED + 1e-9


def test_a_face_that_looks_sad_at_rest_is_learned_in_days() -> None:
    at_rest = {"sad": 0.5, "neutral": 0.35}
    learner = RestingLearner()
    assert top(RestingFace(learner.mean_log_probabilities).judge(look(at_rest))) == "sad"
    lived(learner, 24, at_rest)
    assert top(RestingFace(learner.mean_log_probabilities).judge(look(at_rest))) == "neutral"
    assert learner.seconds == pytest.approx(24 * HOUR, rel=0.01)


def test_an_expression_that_is_shown_a_third_of_the_time_is_not_learned() -> None:
    calm, smile = {"neutral": 0.75}, {"happy": 0.9}
    learner = lived(RestingLearner(), 24, calm, calm, smile)
    face = RestingFace(learner.mean_log_probabilities)
    assert top(face.judge(look({"happy": 0.6}))) == "happy"


def test_time_without_a_face_teaches_nothing() -> None:
    learner = RestingLearner()
    learner.add(look({"sad": 1.0}), 0.0)
    learner.add(None, 10.0)
    learner.add(look({"sad": 1.0}), 5000.0)
    assert learner.seconds == 0
    learner.add(look({"sad": 1.0}), 9000.0)
    assert learner.seconds == MAX_STEP


def test_a_source_that_starts_again_teaches_nothing_backwards() -> None:
    learner = lived(RestingLearner(), 0.01, {"sad": 1.0})
    before = learner.mean_log_probabilities
    learner.add(look({"sad": 1.0}), 0.0)
    assert (learner.mean_log_probabilities == before).all()
