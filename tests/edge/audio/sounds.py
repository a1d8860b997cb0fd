"""Synthetic music."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edge.audio.spectrum import SAMPLE_RATE, Signal


def chords(
    progression: Sequence[Sequence[int]],
    key: int = 0,
    seconds_each: float = 0.5,
    seconds: float = 20.0,
) -> Signal:
    """Chords of decaying notes with harmonics. key: in semitones above C4."""
    length = int(seconds_each * SAMPLE_RATE)
    times = np.arange(length) / SAMPLE_RATE
    envelope = np.exp(-3 * times) * np.minimum(times / 0.01, 1)
    sounds = []
    for chord in (*progression, progression[0]):
        frequencies = [261.63 * 2 ** ((key + note) / 12) for note in chord]
        waves = [
            np.sin(2 * np.pi * frequency * harmonic * times) / harmonic**2
            for frequency in frequencies
            for harmonic in (1, 2, 3)
        ]
        sounds.append(np.sum(waves, axis=0) * envelope)
    once = np.concatenate(sounds)
    repeated = np.tile(once, int(seconds * SAMPLE_RATE / len(once)) + 1)
    return (0.2 * repeated[: int(seconds * SAMPLE_RATE)]).astype(np.float32)


def write_wav(path: Path, signal: Signal) -> None:
    """Write a mono file of 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((signal * 32767).astype("<i2").tobytes())
