import json

import numpy as np
import pytest

from edge.audio.affect_model import AffectModel
from edge.audio.features import FEATURES, song_features
from moodpi.errors import MoodpiError
from tests.edge.audio.sounds import chords
from tests.edge.audio.test_features import MAJOR, MINOR


@pytest.fixture(scope="module")
def model():
    return AffectModel.load()


@pytest.fixture(scope="module")
def songs(model):
    """Features [200, f] like those of the labelled songs."""
    generator = np.random.default_rng(1)
    return model.mean + model.deviation * generator.normal(size=(200, len(FEATURES)))


def test_fast_major_music_is_more_pleasant_and_excited_than_slow_minor_music(model):
    bright, sad = model.estimate(
        [
            song_features(chords(MAJOR, key=7, seconds_each=0.25)),
            song_features(chords(MINOR, key=-12, seconds_each=1.5)),
        ]
    )
    assert (bright > sad).all()


def test_without_known_songs_it_is_the_shipped_model(model, songs):
    alone = model.calibrate(np.empty((0, len(FEATURES))), np.empty((0, 2)))
    np.testing.assert_allclose(alone.estimate(songs), model.estimate(songs))
    np.testing.assert_allclose(alone.spread, model.spread)


def test_known_songs_move_the_estimates_of_others_towards_the_home(model, songs):
    generator = np.random.default_rng(2)
    weights = model.weights + generator.normal(0, 0.15, model.weights.shape)
    truth = (songs - model.mean) / model.deviation @ weights + (0.5, -0.5)
    errors = []
    for known in (0, 10, 30, 100):
        own = model.calibrate(songs[:known], truth[:known])
        errors.append(np.abs(own.estimate(songs[100:]) - truth[100:]).mean())
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < errors[0] / 2


def test_the_spread_is_that_of_known_songs_left_out(model, songs):
    noise = np.random.default_rng(3).normal(0, 0.2, (200, 2))
    own = model.calibrate(songs, model.estimate(songs) + noise)
    assert (own.spread > 0.15).all()
    assert (own.spread < model.spread).all()


def test_extreme_features_give_bounded_estimates(model):
    extreme = np.full((1, len(FEATURES)), 1e30)
    assert np.abs(model.estimate(extreme)).max() < 10


def test_a_model_survives_its_file(model, songs, tmp_path):
    path = tmp_path / "model.json"
    path.write_text(json.dumps(model.to_json()))
    np.testing.assert_array_equal(AffectModel.load(path).estimate(songs), model.estimate(songs))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"features": {"a": {}}, "version": 1}'])
def test_another_file_is_refused(text, tmp_path):
    path = tmp_path / "model.json"
    path.write_text(text)
    with pytest.raises(MoodpiError) as error:
        AffectModel.load(path)
    assert error.value.code == "invalid_song_model"
