"""The scoring model: what it says of music, and how it is fitted."""

from __future__ import annotations

import json

import numpy as np
import pytest

from catalog.building.scoring import SHIPPED, ScoringModel
from moodpi.errors import MoodpiError

#        dance energy  loud  speech acoustic instr  live  valence tempo
PARTY = [0.80, 0.85, -5.0, 0.05, 0.05, 0.0, 0.15, 0.95, 125.0]
BALLAD = [0.35, 0.20, -13.0, 0.03, 0.90, 0.0, 0.10, 0.15, 80.0]
METAL = [0.35, 0.98, -4.0, 0.10, 0.001, 0.01, 0.30, 0.20, 160.0]


def test_a_party_song_is_brighter_and_livelier_than_a_ballad() -> None:
    party, ballad = ScoringModel.load().score(np.array([PARTY, BALLAD]))
    assert party[0] > ballad[0] + 1
    assert party[1] > ballad[1] + 1


def test_metal_is_as_lively_as_a_party_and_far_darker() -> None:
    party, metal, ballad = ScoringModel.load().score(np.array([PARTY, METAL, BALLAD]))
    assert metal[0] < party[0] - 1
    assert metal[1] > ballad[1] + 0.5


def test_a_model_survives_json() -> None:
    model = ScoringModel.load()
    again = ScoringModel.from_json(json.loads(json.dumps(model.as_json())))
    np.testing.assert_array_equal(again.score(np.array([METAL])), model.score(np.array([METAL])))


def test_a_file_that_is_no_model_is_named(tmp_path) -> None:
    path = tmp_path / "scoring.json"
    path.write_text('{"features": []}')
    with pytest.raises(MoodpiError, match=r"scoring\.json is not a scoring model"):
        ScoringModel.load(path)


@pytest.mark.workstation
def test_predictions_vary_together_as_labels_do() -> None:
    pytest.importorskip("pandas")
    from catalog.building.fitting import match_covariance

    found, wanted = np.array([[0.2, 0.1], [0.1, 0.1]]), np.array([[1.0, 0.4], [0.4, 1.0]])
    moved = match_covariance(found, wanted)
    np.testing.assert_allclose(moved.T @ found @ moved, wanted, atol=1e-9)


@pytest.mark.workstation
def test_the_extent_is_what_listeners_say_of_the_outermost_tracks() -> None:
    pytest.importorskip("pandas")
    from catalog.building.fitting import extent_of, ranks

    rng = np.random.default_rng(2)
    places = ranks(rng.normal(size=(20_000, 2)))
    assert (places.min(), places.max()) == pytest.approx((-0.99995, 0.99995))
    labels = 0.6 * places + rng.normal(size=places.shape)
    assert extent_of(places, labels) == pytest.approx(0.6, abs=0.02)


@pytest.mark.workstation
def test_cross_validation_never_sees_the_artist_it_predicts() -> None:
    pytest.importorskip("pandas")
    from catalog.building.fitting import cross_validate

    rng = np.random.default_rng(5)
    artists = np.repeat(np.arange(100), 10)
    of_artist = rng.normal(size=(100, 40))[artists]
    labels = rng.normal(size=(100, 2))[artists]
    predicted = cross_validate(of_artist, labels, artists)
    assert abs(np.corrcoef(predicted[:, 0], labels[:, 0])[0, 1]) < 0.3


@pytest.mark.workstation
def test_labels_need_their_columns(row, write_csv) -> None:
    pytest.importorskip("pandas")
    from catalog.building.fitting import fit_labels

    with pytest.raises(MoodpiError, match=r"listener_valence \(deezer_valence\)"):
        fit_labels(write_csv([row(1)]))


@pytest.mark.workstation
def test_labels_of_too_few_artists_are_refused(row, write_csv) -> None:
    pytest.importorskip("pandas")
    from catalog.building.fitting import fit_labels

    labelled = [row(n, deezer_valence="0.1", deezer_arousal="0.2") for n in range(9)]
    with pytest.raises(MoodpiError, match="9 usable labelled tracks of 9 artists"):
        fit_labels(write_csv(labelled))


@pytest.mark.workstation
def test_the_shipped_coefficients_are_those_of_the_labels(shared_data) -> None:
    pytest.importorskip("pandas")
    from catalog.building.fitting import fit_labels

    labels = shared_data / "music" / "mood_valence_arousal_train.csv"
    fitted, shipped = fit_labels(labels), ScoringModel.load(SHIPPED)
    assert (fitted.fit, fitted.extent) == (shipped.fit, shipped.extent)
    sounds = np.array([PARTY, BALLAD, METAL])
    np.testing.assert_allclose(fitted.score(sounds), shipped.score(sounds), atol=1e-3)
