import numpy as np
import pytest

from edge.audio.features import FEATURES, song_features
from edge.audio.spectrum import SAMPLE_RATE
from moodpi.errors import MoodpiError
from tests.edge.audio.sounds import chords

MAJOR, MINOR = ((0, 4, 7), (5, 9, 12), (7, 11, 14)), ((0, 3, 7), (5, 8, 12), (7, 10, 14))


# Its spectrum is flat but for rounding, which is another one in each version of numpy.
# The windows of the spectra hide the first and the last sample.
def click(position):
    signal = np.zeros(20 * SAMPLE_RATE, np.float32)
    signal[position] = 1
    return signal


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


def test_the_rounding_of_a_steady_tone_has_no_quiet_frames():
    times = np.arange(20 * SAMPLE_RATE) / SAMPLE_RATE
    tone = (0.5 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)
    assert named(tone)["quiet_share"] == 0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("signal", "code"),
    [
        (np.zeros(30 * SAMPLE_RATE, np.float32), "song_silent"),
        (np.full(30 * SAMPLE_RATE, np.nan, np.float32), "song_silent"),
        (chords(MAJOR)[: 2 * SAMPLE_RATE], "song_too_short"),
        (np.zeros(0, np.float32), "song_too_short"),
        (chords(MAJOR)[: 10 * SAMPLE_RATE - 1], "song_too_short"),
        (np.full(30 * SAMPLE_RATE, 0.5, np.float32), "song_silent"),
        (click(10 * SAMPLE_RATE), "song_without_features"),
        (click(0), "song_without_features"),
        (click(-1), "song_without_features"),
    ],
)
def test_signals_that_are_no_songs_are_refused(signal, code):
    with pytest.raises(MoodpiError) as error:
        song_features(signal)
    assert error.value.code == code


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", ["step", "noise", "sine"])
def test_odd_signals_have_finite_features(kind):
    times = np.arange(20 * SAMPLE_RATE)
    signals = {
        "step": np.where(times > 10 * SAMPLE_RATE, 0.5, 0),
        "noise": np.random.default_rng(1).normal(size=len(times)),
        "sine": np.sin(times * 2 * np.pi * 440 / SAMPLE_RATE),
    }
    assert np.isfinite(song_features(signals[kind].astype(np.float32))).all()
