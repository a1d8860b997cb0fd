import numpy as np
import pytest

from edge.audio.features import FEATURES, song_features
from edge.audio.spectrum import SAMPLE_RATE
from moodpi.errors import MoodpiError
from tests.edge.audio.sounds import chords

MAJOR, MINOR = ((0, 4, 7), (5, 9, 12), (7, 11, 14)), ((0, 3, 7), (5, 8, 12), (7, 10, 14))
# Its spectrum is flat but for rounding, which is another one in each version of numpy.
CLICK = np.zeros(20 * SAMPLE_RATE, np.float32)
CLICK[len(CLICK) // 2] = 1


def named(signal):
    return dict(zip(FEATURES, song_features(signal), strict=True))


def test_loudness_changes_no_feature():
    signal = chords(MAJOR)
    quiet = song_features(signal * np.float32(0.01))
    np.testing.assert_allclose(quiet, song_features(signal), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("key", [-3, 0, 4])
def test_mode_and_third_tell_major_from_minor_in_any_key(key):
    major, minor = named(chords(MAJOR, key=key)), named(chords(MINOR, key=key))
    assert major["mode"] > 0 > minor["mode"]
    assert major["third"] > 0 > minor["third"]


@pytest.mark.parametrize("tempo", [90, 120, 150])
def test_tempo_is_that_of_the_onsets(tempo):
    features = named(chords(MAJOR, seconds_each=60 / tempo))
    octaves = features["tempo"] - np.log2(tempo)
    # Half and double of a tempo are as good.
    assert abs(octaves - round(octaves)) < 0.05


def test_faster_music_has_more_onsets_and_higher_music_a_higher_pitch():
    slow, fast = named(chords(MAJOR, seconds_each=1.0)), named(chords(MAJOR, seconds_each=0.25))
    assert fast["onset_rate"] > slow["onset_rate"]
    assert named(chords(MAJOR, key=7))["pitch"] > slow["pitch"]


@pytest.mark.parametrize(
    ("signal", "code"),
    [
        (np.zeros(30 * SAMPLE_RATE, np.float32), "song_silent"),
        (np.full(30 * SAMPLE_RATE, np.nan, np.float32), "song_silent"),
        (chords(MAJOR)[: 2 * SAMPLE_RATE], "song_too_short"),
        (np.zeros(0, np.float32), "song_too_short"),
        (CLICK, "song_without_features"),
    ],
)
def test_what_is_no_song_is_refused(signal, code):
    with pytest.raises(MoodpiError) as error:
        song_features(signal)
    assert error.value.code == code


@pytest.mark.parametrize("kind", ["constant", "noise", "sine"])
def test_odd_signals_have_finite_features(kind):
    times = np.arange(20 * SAMPLE_RATE)
    signals = {
        "constant": np.full(len(times), 0.5),
        "noise": np.random.default_rng(1).normal(size=len(times)),
        "sine": np.sin(times * 2 * np.pi * 440 / SAMPLE_RATE),
    }
    assert np.isfinite(song_features(signals[kind].astype(np.float32))).all()
