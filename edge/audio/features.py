"""The features of a song that its valence and arousal are estimated from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge.audio.notes import FRAME_SIZE, find_notes
from edge.audio.rhythm import rhythm_features
from edge.audio.spectrum import SAMPLE_RATE, Signal
from edge.audio.timbre import dynamics_features, mel_spectrogram, timbre_features
from edge.audio.tonality import tonality_features
from moodpi.errors import MoodpiError

# In the order of the vector. Stored vectors name this version; another one is computed again.
VERSION = 1
FEATURES = (
    *("brightness", "brightness_spread", "bandwidth", "flatness", "bass_share", "treble_share"),
    *("level_spread", "peak_level", "quiet_share"),
    *("onset_rate", "onset_strength", "onset_peak", "interval_spread", "tempo", "pulse_clarity"),
    *("mode", "third", "sixth", "key_clarity"),
    *("chroma_entropy", "chroma_change", "semitones", "tritones"),
    *("pitch", "pitch_spread", "lowest_pitch", "highest_pitch", "melody_spread", "note_count"),
    "roughness",
)
# The shortest signal whose mode and tempo mean anything, in seconds.
MIN_SECONDS = 10.0
# The least standard deviation of a signal that is not silent: -66 dB of the full scale.
MIN_LEVEL = 5e-4


def song_features(signal: Signal) -> NDArray[np.float32]:
    """The features of a song, float32 [len(FEATURES)]. They do not change with its loudness.

    Raises MoodpiError if it is too short (`song_too_short`), silent (`song_silent`), or has no
    pitch or rhythm at all, as a click (`song_without_features`).
    """
    if len(signal) < max(MIN_SECONDS * SAMPLE_RATE, FRAME_SIZE):
        raise MoodpiError(
            f"it has {len(signal) // SAMPLE_RATE} s of sound: expected {MIN_SECONDS:.0f} or more",
            code="song_too_short",
        )
    # In double precision: the squares of 60 s of samples have a larger sum than float32 resolves.
    # A constant value is no sound.
    level = float(signal.std(dtype=np.float64))
    if not level > MIN_LEVEL:
        raise MoodpiError("it is silent, or its channels cancel each other", code="song_silent")
    # First, because a signal with notes has power in some frame.
    notes = find_notes(signal)
    mel = mel_spectrogram(signal / np.float32(level))
    named = {
        **timbre_features(mel),
        **dynamics_features(mel),
        **rhythm_features(mel),
        **tonality_features(notes),
    }
    vector = np.array([named[name] for name in FEATURES], np.float32)
    if not np.isfinite(vector).all():
        raise MoodpiError("it has no notes", code="song_without_features")
    return vector
