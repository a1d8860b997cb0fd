"""Short-time power spectra of a signal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

# Samples a second of every signal. The music above half of it says little about valence or arousal.
SAMPLE_RATE = 22_050
# Spectra that are computed at a time, which limits the memory.
BLOCK_FRAMES = 128

# Mono, float32 [samples].
Signal = NDArray[np.float32]


def power_spectra(signal: Signal, size: int, hop: int) -> Iterator[NDArray[np.float32]]:
    """Power spectra of windows of `size` samples, each `hop` samples after the last one.

    Blocks of float32 [frames, size / 2 + 1]. The signal has at least `size` samples. The windows
    are those of von Hann.
    """
    window = np.hanning(size).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(signal, size)[::hop]
    for start in range(0, len(frames), BLOCK_FRAMES):
        spectra = np.fft.rfft(frames[start : start + BLOCK_FRAMES] * window, axis=1)
        yield (spectra.real**2 + spectra.imag**2).astype(np.float32)


def bin_frequencies(size: int) -> NDArray[np.float64]:
    """The frequencies of the bins of a spectrum of `size` samples, in hertz."""
    return np.fft.rfftfreq(size, 1 / SAMPLE_RATE).astype(np.float64)
