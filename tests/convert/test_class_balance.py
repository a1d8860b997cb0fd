"""The class balance: rare emotions gain, and the exported files contain it."""

from __future__ import annotations

import numpy as np
import pytest

from convert.class_balance import SHARE, logit_shift
from models.emotions import EMOTIONS

CLASSES = len(EMOTIONS)


def test_the_shift_is_minus_a_share_of_the_log_frequency() -> None:
    labels = np.repeat(np.arange(CLASSES), [99, 9, 99, 199, 99, 99, 89])  # one more each: 700

    shift = logit_shift(labels, share=0.5)

    frequencies = np.array([100, 10, 100, 200, 100, 100, 90]) / 700
    assert shift == pytest.approx(-0.5 * np.log(frequencies))
    assert shift.dtype == np.float32


def test_equally_frequent_emotions_keep_their_predictions() -> None:
    assert np.ptp(logit_shift(np.repeat(np.arange(CLASSES), 40))) == 0


def test_an_emotion_without_faces_has_a_finite_shift() -> None:
    assert np.isfinite(logit_shift(np.zeros(1000, np.int64))).all()


@pytest.mark.workstation
@pytest.mark.usefixtures("tiny")
def test_a_file_predicts_what_the_network_does_with_the_shift(run, splits, tmp_path) -> None:
    from convert.formats import load_format
    from convert.rebuild import rebuild_model
    from convert.trained_weights import TrainedWeights
    from tests.convert.tiny import export_tiny, known_architecture
    from training.evaluation.temperature import softmax

    # Faces that the network is not sure about.
    faces = np.random.default_rng(2).integers(120, 136, (40, 48, 48)).astype(np.uint8)
    training = splits["Training"]
    rare = training.rows(np.flatnonzero((training.labels != 1) | (np.arange(len(training)) < 30)))
    with known_architecture():
        report = export_tiny(
            run / "best.npz", {**splits, "Training": rare}, tmp_path, "float32.tflite"
        )
        network = rebuild_model("tiny", TrainedWeights.read(run / "best.npz"))
    logits = network.predict(faces[..., None].astype(np.float32), verbose=0)

    predicted = load_format("float32.tflite").predict(report.results[0].content, faces)

    balanced = logits + logit_shift(rare.labels, SHARE)
    assert predicted == pytest.approx(softmax(balanced, report.temperature.value), abs=1e-4)
    assert np.abs(predicted - softmax(logits, report.temperature.value)).max() > 0.01
