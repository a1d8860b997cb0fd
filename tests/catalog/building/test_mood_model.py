"""The mood model: its predictions, and its accuracy on unseen artists."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from catalog.building.mood_model import SHIPPED, MoodModel
from catalog.schema import MOODS
from catalog.store import Catalog
from tests.raising import raises

#        dance energy  loud  speech acoustic instr  live  valence tempo
PARTY = [0.80, 0.75, -5.0, 0.05, 0.05, 0.0, 0.15, 0.95, 125.0]
BALLAD = [0.45, 0.25, -11.0, 0.03, 0.80, 0.0, 0.10, 0.20, 80.0]
METAL = [0.35, 0.98, -4.0, 0.10, 0.001, 0.01, 0.30, 0.20, 160.0]
AMBIENT = [0.20, 0.10, -25.0, 0.04, 0.95, 0.92, 0.10, 0.10, 80.0]


def test_classifies_typical_music_of_each_mood() -> None:
    moods = MoodModel.load().classify(np.array([AMBIENT, METAL, PARTY, BALLAD]))
    assert [MOODS[mood] for mood in moods] == ["calm", "energetic", "happy", "sad"]


def test_every_track_of_the_catalogue_has_a_mood_and_every_mood_has_tracks() -> None:
    with Catalog.open() as catalog:
        moods = {track.mood for track in catalog.tracks(range(1, len(catalog), 100))}
    assert moods == set(MOODS)


def test_a_model_survives_json() -> None:
    model = MoodModel.load()
    assert MoodModel.from_json(json.loads(json.dumps(model.to_json()))) == model


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"moods": ["calm"], "weights": {}}'])
def test_refuses_a_file_that_is_not_a_model(text, tmp_path) -> None:
    path = tmp_path / "moods.json"
    path.write_text(text)
    with raises("not_a_mood_model"):
        MoodModel.load(path)


@pytest.mark.workstation
def test_the_shipped_coefficients_are_reproduced_and_accurate(shared_data) -> None:
    pytest.importorskip("sklearn")
    from catalog.building.mood_fit import fit_mood_model

    fitted, shipped = (
        fit_mood_model(shared_data / "music" / "data_moods.csv"),
        MoodModel.load(SHIPPED),
    )
    assert fitted.fit == shipped.fit
    assert shipped.fit["accuracy"] >= 0.80
    assert shipped.fit["macro_f1"] >= 0.78
    np.testing.assert_allclose(
        list(fitted.weights.values()), list(shipped.weights.values()), atol=2e-6
    )


@pytest.mark.workstation
def test_cross_validation_does_not_see_the_artists_it_predicts() -> None:
    pytest.importorskip("sklearn")
    from catalog.building.mood_fit import cross_validate

    rng = np.random.default_rng(3)
    artists = np.repeat(np.arange(80), 10)
    features = rng.uniform(0.01, 1, size=(80, 9))[artists]
    moods = rng.integers(0, len(MOODS), 80)[artists]
    accuracy: Any = cross_validate(features, moods, artists)["accuracy"]
    assert accuracy < 0.4


@pytest.mark.workstation
def test_refuses_songs_without_every_mood(row, write_csv) -> None:
    pytest.importorskip("sklearn")
    from catalog.building.mood_fit import fit_mood_model

    songs = [row(n, mood=("Calm", "Happy", "Sad", "Odd")[n % 4]) for n in range(80)]
    with raises("mood_missing"):
        fit_mood_model(write_csv(songs))
