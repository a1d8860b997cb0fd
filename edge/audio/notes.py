"""The notes of a signal: the peaks of long spectra, by their pitch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.audio.spectrum import Signal, bin_frequencies, power_spectra
from moodpi.errors import MoodpiError

FRAME_SIZE, HOP = 8192, 4096
# MIDI's numbers of the lowest and the highest note: E1, 41 Hz, and E7, 2637 Hz.
LOWEST, HIGHEST = 28, 100
PITCHES = np.arange(LOWEST, HIGHEST + 1)
# Semitones from a note to its second to sixth harmonics, which are not notes of their own.
HARMONICS = (12, 19, 24, 28, 31)
HARMONIC_SHARE = 0.5
# Frames with less than this share of the mean are pauses.
PAUSE_SHARE = 1e-2
# A peak is higher than the bin below it by more than this share, so that the rounding of a flat
# spectrum has no peaks.
LEAST_RISE = 1e-4
# The strongest peaks of a frame, by which roughness is measured, and the most such frames.
STRONGEST = 24
MAX_ROUGH_FRAMES = 150

Magnitudes = NDArray[np.float32]


@dataclass(frozen=True)
class Notes:
    """The notes in the frames with sound.

    Attributes:
        magnitudes: The strongest peak at each note, [frames, notes].
        fundamentals: The same without what the harmonics of lower notes explain.
        roughness: See measure_roughness.
    """

    magnitudes: Magnitudes
    fundamentals: Magnitudes
    roughness: float


def find_notes(signal: Signal) -> Notes:
    """The notes of a signal that is not silent.

    Raises MoodpiError (`song_without_features`) if no spectrum has a peak, as that of a click.
    """
    bins = _bins_of_notes()
    parts, strongest = [], []
    for powers in power_spectra(signal, FRAME_SIZE, HOP):
        peaks = _peaks(np.sqrt(powers))
        parts.append(np.stack([peaks[:, part].max(axis=1) for part in bins], axis=1))
        order = np.argpartition(peaks, -STRONGEST, axis=1)[:, -STRONGEST:]
        strongest.append(np.stack([order, np.take_along_axis(peaks, order, axis=1)], axis=1))
    magnitudes = np.concatenate(parts)
    total = magnitudes.sum(axis=1)
    if not total.any():
        raise MoodpiError("it has no notes", code="song_without_features")
    sounding = total > PAUSE_SHARE * total.mean()
    magnitudes = magnitudes[sounding]
    fundamentals = magnitudes.copy()
    for interval in HARMONICS:
        fundamentals[:, interval:] -= HARMONIC_SHARE * magnitudes[:, :-interval]
    rough = measure_roughness(np.concatenate(strongest)[sounding])
    return Notes(magnitudes, np.maximum(fundamentals, 0), rough)


def measure_roughness(peaks: NDArray[np.float64]) -> float:
    """The mean roughness of pairs of peaks (Sethares 1993), relative to their power.

    peaks: [frames, 2, STRONGEST], the bins and the magnitudes of the peaks.
    """
    chosen = peaks[:: max(len(peaks) // MAX_ROUGH_FRAMES, 1)]
    frequencies = bin_frequencies(FRAME_SIZE)[chosen[:, 0].astype(int)]
    magnitudes = chosen[:, 1]
    lower = np.minimum(frequencies[:, :, None], frequencies[:, None, :])
    distance = np.abs(frequencies[:, :, None] - frequencies[:, None, :])
    scaled = 0.24 / (0.021 * lower + 19) * distance
    beating = np.exp(-3.5 * scaled) - np.exp(-5.75 * scaled)
    pairs = magnitudes[:, :, None] * magnitudes[:, None, :] * beating
    return float(np.mean(pairs.sum(axis=(1, 2)) / (magnitudes**2).sum(axis=1)))


def _peaks(magnitudes: Magnitudes) -> Magnitudes:
    """The spectra with zeros in all bins that are not local maxima."""
    middle = magnitudes[:, 1:-1]
    is_peak = (middle > (1 + LEAST_RISE) * magnitudes[:, :-2]) & (middle >= magnitudes[:, 2:])
    return np.pad(middle * is_peak, ((0, 0), (1, 1)))


def _bins_of_notes() -> list[NDArray[np.intp]]:
    """The bins whose nearest note is each of PITCHES. Low notes share a bin with others."""
    frequencies = bin_frequencies(FRAME_SIZE)
    pitches = 69 + 12 * np.log2(np.maximum(frequencies, 1.0) / 440)
    nearest = [np.abs(pitches - pitch) <= 0.5 for pitch in PITCHES]
    fallback = np.searchsorted(pitches, PITCHES)
    return [
        np.flatnonzero(found) if found.any() else fallback[n : n + 1]
        for n, found in enumerate(nearest)
    ]
