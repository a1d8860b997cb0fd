"""How much a look at a face counts."""

from __future__ import annotations

import numpy as np
import pytest

from edge.vision.look_weight import certainty, household_weight

SURE = np.array([0, 0, 0, 1, 0, 0, 0], np.float32)
UNSURE = np.full(7, 1 / 7, np.float32)


def test_certainty_is_1_for_one_emotion_and_0_for_all_alike():
    assert certainty(SURE) == pytest.approx(1, abs=1e-4)
    assert certainty(UNSURE) == pytest.approx(0, abs=1e-4)


def test_a_look_is_surer_the_fewer_emotions_share_it():
    looks = [np.array([1 / n] * n + [0] * (7 - n)) for n in range(1, 8)]
    assert np.all(np.diff([certainty(look) for look in looks]) < 0)


def test_an_unsure_person_of_a_household_counts_half():
    assert household_weight(UNSURE) == pytest.approx(household_weight(SURE) / 2, abs=1e-4)
