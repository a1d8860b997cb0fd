"""Metrics, compared with values computed by hand and with scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from models.emotions import EMOTIONS
from training.evaluation.metrics import confusion_matrix, evaluate, macro_f1, mcnemar

NO_VOTES = np.zeros((8, 7), np.float32)
LABELS = np.array([0, 0, 0, 0, 3, 3, 6, 6])
PREDICTED = np.array([0, 0, 0, 3, 3, 3, 3, 6])


def logits_of(predicted: np.ndarray, second: int = 1) -> np.ndarray:
    """Logits whose largest is the prediction's and whose next is `second`'s."""
    logits = np.eye(7, dtype=np.float32)[predicted] * 2
    logits[:, second] += 1
    return logits


def test_top1_and_top2_are_shares_of_the_faces():
    evaluation = evaluate(logits_of(PREDICTED, second=6), LABELS, NO_VOTES)

    assert evaluation.faces == 8
    assert evaluation.top1.value == 6 / 8
    assert evaluation.top2.value == 7 / 8, "the neutral face classified as happy"


def test_precision_recall_and_f1_of_each_emotion():
    classes = evaluate(logits_of(PREDICTED), LABELS, NO_VOTES).classes

    assert classes["angry"].faces == 4
    assert (classes["angry"].precision, classes["angry"].recall) == (1, 0.75)
    assert (classes["happy"].precision, classes["happy"].recall) == (0.5, 1)
    assert classes["happy"].f1 == pytest.approx(2 / 3)
    assert (classes["fear"].precision, classes["fear"].recall, classes["fear"].f1) == (0, 0, 0)


def test_macro_f1_weights_every_emotion_equally():
    confusion = confusion_matrix(LABELS, PREDICTED)

    assert confusion[0].tolist() == [3, 0, 0, 1, 0, 0, 0]
    assert macro_f1(confusion) == pytest.approx((6 / 7 + 2 / 3 + 2 / 3) / 7)


def test_class_metrics_equal_those_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(4)
    labels = random.integers(0, 7, 500)
    predicted = np.where(random.random(500) < 0.6, labels, random.integers(0, 6, 500))

    evaluation = evaluate(logits_of(predicted), labels, np.zeros((500, 7), np.float32))

    ours = [(c.precision, c.recall, c.f1, c.faces) for c in evaluation.classes.values()]
    theirs = metrics.precision_recall_fscore_support(
        labels, predicted, labels=range(7), zero_division=0
    )
    assert pytest.approx(np.array(theirs)) == np.array(ours).T
    assert evaluation.macro_f1.value == pytest.approx(theirs[2].mean())
    assert evaluation.confusion == metrics.confusion_matrix(labels, predicted).tolist()


def test_the_interval_contains_the_value_and_narrows_with_more_faces():
    few = evaluate(logits_of(PREDICTED), LABELS, NO_VOTES).top1
    many = evaluate(
        logits_of(np.tile(PREDICTED, 50)), np.tile(LABELS, 50), np.zeros((400, 7), np.float32)
    ).top1

    assert few.low < few.value < few.high
    assert many.value == few.value
    assert many.high - many.low < (few.high - few.low) / 4
    # Of 400 faces a share of .75 has a standard error of .0217.
    assert many.high - many.low == pytest.approx(2 * 1.96 * 0.0217, rel=0.1)


def test_top1_by_reference_counts_only_faces_with_votes():
    votes = NO_VOTES.copy()
    votes[[0, 1, 4], [0, 3, 3]] = 1.0

    by_reference = evaluate(logits_of(PREDICTED), LABELS, votes).top1_by_reference

    shares = {name: share.value for name, share in by_reference.items()}
    assert shares == {"FER2013 label": 6 / 8, "FER+ majority": 2 / 3, "both agree": 1.0}
    assert by_reference["FER+ majority"].low < 2 / 3 < by_reference["FER+ majority"].high
    assert list(evaluate(logits_of(PREDICTED), LABELS, NO_VOTES).top1_by_reference) == [
        "FER2013 label"
    ]


@pytest.mark.parametrize(
    ("only_first", "only_second", "p"),
    [(0, 0, 1.0), (5, 5, 1.0), (10, 0, 2 / 2**10), (8, 2, 2 * (1 + 10 + 45) / 2**10)],
)
def test_mcnemar_is_a_binomial_test_of_the_disagreements(only_first, only_second, p):
    first = np.array([True] * only_first + [False] * only_second + [True] * 30)
    second = np.array([False] * only_first + [True] * only_second + [True] * 30)

    assert mcnemar(first, second) == pytest.approx(p)
    assert mcnemar(second, first) == pytest.approx(p)


def test_the_normal_approximation_of_mcnemar_is_close_to_the_exact_test():
    ours = np.array([True] * 560 + [False] * 440)
    nearly = mcnemar(ours, ~ours)
    exact = mcnemar(ours[1:], ~ours[1:])

    assert nearly == pytest.approx(exact, rel=0.2)


def test_an_evaluation_becomes_json_values():
    document = evaluate(logits_of(PREDICTED), LABELS, NO_VOTES).to_json()

    assert list(document["classes"]) == list(EMOTIONS)
    assert sum(map(sum, document["confusion"])) == 8
