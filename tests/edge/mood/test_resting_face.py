"""What a face shows at rest is discounted, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest

from edge.mood.log_probabilities import log_probabilities
from edge.mood.resting_face import USUAL, RestingFace
from models.emotions import EMOTIONS

SAD_AT_REST = {"sad": 0.5, "neutral": 0.35}


def look(shares: dict[str, float]) -> np.ndarray:
    rest = (1 - sum(shares.values())) / (len(EMOTIONS) - len(shares))
    return np.array([shares.get(name, rest) for name in EMOTIONS], np.float32)


def top(probabilities: np.ndarray) -> str:
    return EMOTIONS[int(probabilities.argmax())]


def resting(shares: dict[str, float]) -> RestingFace:
    return RestingFace(log_probabilities(look(shares)))


@pytest.mark.parametrize("emotion", ["sad", "angry", "fear"])
def test_a_face_at_rest_is_neutral(emotion: str) -> None:
    at_rest = {emotion: 0.5, "neutral": 0.35}
    assert top(look(at_rest)) == emotion
    assert top(resting(at_rest).judge(look(at_rest))) == "neutral"


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_a_clear_expression_remains(emotion: str) -> None:
    assert top(resting(SAD_AT_REST).judge(look({emotion: 0.85}))) == emotion


def test_the_result_is_a_distribution() -> None:
    judged = resting(SAD_AT_REST).judge(look({"happy": 0.6}))
    assert judged.dtype == np.float32
    assert judged.shape == (7,)
    assert judged.sum() == pytest.approx(1)
    assert (judged >= 0).all()


def test_only_the_emotion_that_the_face_overstates_becomes_less_likely() -> None:
    sad = EMOTIONS.index("sad")
    means = USUAL.copy()
    means[sad] += 1.5
    before = look({"happy": 0.4, "sad": 0.3, "neutral": 0.2})
    after = RestingFace(means).judge(before)
    assert after[sad] < before[sad]
    assert np.delete(after / before, sad) == pytest.approx(np.full(6, after[0] / before[0]))


@pytest.mark.parametrize("sureness", [0.0, 1.0, 5.0])
def test_a_usual_face_is_judged_as_it_is(sureness: float) -> None:
    means = USUAL.copy()
    means[EMOTIONS.index("neutral")] += min(sureness, 0.4)
    for emotion in EMOTIONS:
        before = look({emotion: 0.6})
        assert RestingFace(means).judge(before) == pytest.approx(before, abs=1e-6)


def test_probabilities_of_zero_have_a_logarithm() -> None:
    logs = log_probabilities(np.array([0, 0, 0, 1, 0, 0, 0], np.float32))
    assert np.isfinite(logs).all()
    assert RestingFace(logs).judge(look({"sad": 0.5})).sum() == pytest.approx(1)
