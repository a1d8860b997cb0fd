"""Onsets, tempo and pulse, from the spectra of a signal on the mel scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge.audio.timbre import FRAMES_PER_SECOND, Powers, decibels

# An onset is the largest rise within this time, and larger than the mean around it. In seconds.
ONSET_DISTANCE = 0.06
ONSET_NEIGHBOURHOOD = 1.0
# The least rise of an onset, in decibels a frame over all bands, and in standard deviations above
# the mean.
MIN_RISE = 0.3
MIN_DEVIATION = 0.5
# Beats a minute.
SLOWEST, FASTEST = 40.0, 220.0
# People tap to music at about this tempo; the spread is in octaves.
PREFERRED_TEMPO, TEMPO_SPREAD = 120.0, 0.9

Curve = NDArray[np.float64]


def rhythm_features(mel: Powers) -> dict[str, float]:
    """Rate, strength and regularity of the onsets, and the tempo."""
    rises = np.maximum(np.diff(decibels(mel), axis=0), 0).mean(axis=1)
    smooth = np.convolve(rises, np.full(3, 1 / 3), "same")
    onsets = _onsets(smooth)
    rate = len(onsets) / (len(rises) / FRAMES_PER_SECOND)
    return {
        "onset_rate": np.log(rate + 0.2),
        "onset_strength": rises.mean(),
        "onset_peak": smooth[onsets].mean() if len(onsets) else 0.0,
        "interval_spread": np.log(np.diff(onsets)).std() if len(onsets) > 1 else 0.0,
        **_tempo_features(rises),
    }


def _onsets(rises: Curve) -> NDArray[np.intp]:
    """The frames of the onsets."""
    distance = round(ONSET_DISTANCE * FRAMES_PER_SECOND)
    around = round(ONSET_NEIGHBOURHOOD * FRAMES_PER_SECOND)
    padded = np.pad(rises, distance, mode="edge")
    highest = np.lib.stride_tricks.sliding_window_view(padded, 2 * distance + 1).max(axis=1)
    mean = np.convolve(rises, np.full(around, 1 / around), "same")
    threshold = np.maximum(mean + MIN_DEVIATION * rises.std(), MIN_RISE)
    return np.flatnonzero((rises >= highest) & (rises > threshold))


def _tempo_features(rises: Curve) -> dict[str, float]:
    """The tempo in octaves, and the autocorrelation at it (Ellis 2007), -1..1."""
    centred = rises - rises.mean()
    power = np.abs(np.fft.rfft(centred, 2 * len(centred))) ** 2
    correlation = np.fft.irfft(power)[: len(centred)]
    lags = np.arange(
        int(60 * FRAMES_PER_SECOND / FASTEST) + 1, int(60 * FRAMES_PER_SECOND / SLOWEST)
    )
    tempi = 60 * FRAMES_PER_SECOND / lags
    weights = np.exp(-0.5 * (np.log2(tempi / PREFERRED_TEMPO) / TEMPO_SPREAD) ** 2)
    best = int(np.argmax(correlation[lags] * weights))
    clarity = correlation[lags[best]] / correlation[0] if correlation[0] else 0.0
    return {"tempo": np.log2(tempi[best]), "pulse_clarity": clarity}
