"""The scoring model: its predictions, and fitting it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from catalog.building.scoring_model import SHIPPED, ScoringModel
from tests.raising import raises

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
    again = ScoringModel.from_json(json.loads(json.dumps(model.to_json())))
    np.testing.assert_array_equal(again.score(np.array([METAL])), model.score(np.array([METAL])))


def test_refuses_a_file_that_is_not_a_model(tmp_path) -> None:
    path = tmp_path / "scoring.json"
    path.write_text('{"features": []}')
    with raises("not_a_scoring_model"):
        ScoringModel.load(path)


@pytest.mark.workstation
def test_matches_the_covariance_of_the_labels() -> None:
    pytest.importorskip("sklearn")
    from catalog.building.scoring_fit import match_covariance

    covariance, target = np.array([[0.2, 0.1], [0.1, 0.1]]), np.array([[1.0, 0.4], [0.4, 1.0]])
    mapped = match_covariance(covariance, target)
    np.testing.assert_allclose(mapped.T @ covariance @ mapped, target, atol=1e-9)


@pytest.mark.workstation
def test_the_extent_is_the_slope_of_labels_over_ranks() -> None:
    pytest.importorskip("sklearn")
    from catalog.building.scoring_fit import rank_slope, ranks

    rng = np.random.default_rng(2)
    positions = ranks(rng.normal(size=(20_000, 2)))
    assert (positions.min(), positions.max()) == pytest.approx((-0.99995, 0.99995))
    labels = 0.6 * positions + rng.normal(size=positions.shape)
    assert rank_slope(positions, labels) == pytest.approx(0.6, abs=0.02)


@pytest.mark.workstation
def test_cross_validation_does_not_see_the_artists_it_predicts() -> None:
    pytest.importorskip("sklearn")
    from catalog.building.scoring_fit import cross_validate

    rng = np.random.default_rng(5)
    artists = np.repeat(np.arange(100), 10)
    of_artist = rng.normal(size=(100, 40))[artists]
    labels = rng.normal(size=(100, 2))[artists]
    predicted = cross_validate(of_artist, labels, artists)
    assert abs(np.corrcoef(predicted[:, 0], labels[:, 0])[0, 1]) < 0.3


@pytest.mark.workstation
def test_refuses_labels_without_their_columns(row, write_csv) -> None:
    pytest.importorskip("sklearn")
    from catalog.building.scoring_fit import fit_scoring_model

    with raises("missing_columns"):
        fit_scoring_model(write_csv([row(1)]))


@pytest.mark.workstation
def test_labels_of_too_few_artists_are_refused(row, write_csv) -> None:
    pytest.importorskip("sklearn")
    from catalog.building.scoring_fit import fit_scoring_model

    labelled = [row(n, deezer_valence="0.1", deezer_arousal="0.2") for n in range(9)]
    with raises("too_few_artists"):
        fit_scoring_model(write_csv(labelled))


@pytest.mark.workstation
def test_rows_that_are_no_labels_are_counted_and_named(row, write_csv, caplog) -> None:
    pytest.importorskip("pandas")
    from catalog.building.columns import LABELS
    from catalog.building.labelled_tracks import read_labelled_tracks

    labels = {"deezer_valence": "0.1", "deezer_arousal": "0.2"}
    rows = [row(n, **labels) for n in range(60)]
    others = [row(60, **labels | {"deezer_valence": ""}), row(61, **labels, track_id="x")]

    tracks = read_labelled_tracks(write_csv([*rows, *others]), LABELS)

    assert len(tracks) == 60
    assert "1 a name, a feature or a label is missing, such as songs.csv line 62" in caplog.text
    assert "1 id is not a Spotify id, such as songs.csv line 63" in caplog.text


@pytest.mark.workstation
def test_the_shipped_coefficients_are_reproduced(shared_data) -> None:
    pytest.importorskip("sklearn")
    from catalog.building.scoring_fit import fit_scoring_model

    labels = shared_data / "music" / "mood_valence_arousal_train.csv"
    fitted, shipped = fit_scoring_model(labels), ScoringModel.load(SHIPPED)
    assert (fitted.fit, fitted.extent) == (shipped.fit, shipped.extent)
    sounds = np.array([PARTY, BALLAD, METAL])
    np.testing.assert_allclose(fitted.score(sounds), shipped.score(sounds), atol=1e-4)
