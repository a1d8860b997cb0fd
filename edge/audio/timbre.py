"""Timbre and dynamics, from the spectra of a signal on the mel scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge.audio.spectrum import SAMPLE_RATE, Signal, bin_frequencies, power_spectra

FRAME_SIZE, HOP = 2048, 512
FRAMES_PER_SECOND = SAMPLE_RATE / HOP
BANDS = 40
LOWEST_HZ, HIGHEST_HZ = 40.0, 10_000.0
# The bands below 400 Hz, and those above 2800 Hz.
BASS, TREBLE = slice(0, 6), slice(22, BANDS)
# Frames with less than this share of the mean power are pauses.
PAUSE_SHARE = 1e-4
# Levels lie at most this far below the mean level, in decibels.
FLOOR = 60.0
# A frame is quiet if it has less than the mean power by more than this share, so that the rounding
# of a steady tone has no quiet frames.
LEAST_DROP = 1e-4

Powers = NDArray[np.float32]


def mel_spectrogram(signal: Signal) -> Powers:
    """The power in each band of each frame, float32 [frames, BANDS]."""
    filters = _mel_filters()
    return np.concatenate([block @ filters for block in power_spectra(signal, FRAME_SIZE, HOP)])


def decibels(powers: Powers) -> Powers:
    """Levels relative to the mean power. They do not change with the loudness of the signal."""
    return 10 * np.log10(powers / powers.mean() + 10 ** (-FLOOR / 10))


def timbre_features(mel: Powers) -> dict[str, float]:
    """How the power is distributed over the bands, in numbers of bands or as shares."""
    power = mel.sum(axis=1)
    sounding = power > PAUSE_SHARE * power.mean()
    shares = mel[sounding] / power[sounding, None]
    bands = np.arange(BANDS)
    centroid = shares @ bands
    variance = shares @ bands**2 - centroid**2
    return {
        "brightness": centroid.mean(),
        "brightness_spread": centroid.std(),
        "bandwidth": np.sqrt(np.maximum(variance, 0)).mean(),
        "flatness": np.log(shares + 1e-6).mean(),
        "bass_share": shares[:, BASS].sum(axis=1).mean(),
        "treble_share": shares[:, TREBLE].sum(axis=1).mean(),
    }


def dynamics_features(mel: Powers) -> dict[str, float]:
    """How the level changes, in decibels, and the share of the frames below the mean power."""
    power = mel.sum(axis=1)
    levels = decibels(power)
    return {
        "level_spread": levels.std(),
        "peak_level": np.percentile(levels, 90),
        "quiet_share": (power < (1 - LEAST_DROP) * power.mean()).mean(),
    }


def _mel_filters() -> NDArray[np.float32]:
    """Triangles of equal width on the mel scale (O'Shaughnessy 1987), float32 [bins, BANDS]."""
    lowest, highest = 2595 * np.log10(1 + np.array([LOWEST_HZ, HIGHEST_HZ]) / 700)
    edges = 700 * (10 ** (np.linspace(lowest, highest, BANDS + 2) / 2595) - 1)
    frequencies = bin_frequencies(FRAME_SIZE)[:, None]
    rising = (frequencies - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - frequencies) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
