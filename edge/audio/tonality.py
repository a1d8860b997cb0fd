"""Mode, key, harmony and register, from the notes of a signal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge.audio.notes import HIGHEST, LOWEST, PITCHES, Magnitudes, Notes

# How well each degree of the chromatic scale fits a major and a minor key (Krumhansl and Kessler
# 1982).
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
# Music changes its key. It is found in passages of about 9 s that overlap by half.
PASSAGE, PASSAGE_HOP = 48, 24
# A note sounds if it has this share of the strongest one's magnitude.
NOTE_SHARE = 0.2

# The strength of each pitch class from C, [frames, 12].
Chroma = NDArray[np.float64]


def tonality_features(notes: Notes) -> dict[str, float]:
    """Mode and harmony as differences and shares; pitches in semitones."""
    shares = notes.fundamentals / (notes.fundamentals.sum(axis=1, keepdims=True) + 1e-12)
    chroma = fold(np.sqrt(notes.magnitudes / notes.magnitudes.max()))
    return {
        **_mode_features(fold(shares)),
        "key_clarity": _passages(chroma)[1].max(axis=(1, 2)).mean(),
        **_harmony_features(chroma),
        "pitch": (shares @ PITCHES).mean(),
        **_register_features(notes),
        "roughness": notes.roughness,
    }


def fold(notes: Magnitudes) -> Chroma:
    """The sum of each pitch class over all octaves."""
    classes = PITCHES % 12
    return np.stack([notes[:, classes == c].sum(axis=1) for c in range(12)], axis=1, dtype=float)


def _passages(chroma: Chroma) -> tuple[Chroma, NDArray[np.float64]]:
    """The mean of each passage, and its correlation with each key, [passages, 2, 12].

    The second axis is major and minor, the third the tonic from C.
    """
    starts = range(0, max(len(chroma) - PASSAGE_HOP, 1), PASSAGE_HOP)
    means = np.stack([chroma[start : start + PASSAGE].mean(axis=0) for start in starts])
    keys = np.array([[np.roll(mode, tonic) for tonic in range(12)] for mode in (MAJOR, MINOR)])
    fits = _normalize(means) @ _normalize(keys).reshape(24, 12).T
    return means, fits.reshape(-1, 2, 12)


def _mode_features(chroma: Chroma) -> dict[str, float]:
    """Major (above 0) or minor: by the keys, and by the third and the sixth of the tonic."""
    means, fits = _passages(chroma)
    tonics = fits.max(axis=1).argmax(axis=1)
    degrees = (tonics[:, None] + np.arange(12)) % 12
    scale = np.take_along_axis(means, degrees, axis=1) / (means.sum(axis=1, keepdims=True) + 1e-12)
    best = fits.max(axis=2)
    return {
        "mode": (best[:, 0] - best[:, 1]).mean(),
        "third": (scale[:, 4] - scale[:, 3]).mean(),
        "sixth": (scale[:, 9] - scale[:, 8]).mean(),
    }


def _harmony_features(chroma: Chroma) -> dict[str, float]:
    """How many pitch classes there are, how fast they change, and how dissonant they are."""
    whole = chroma.mean(axis=0) / chroma.mean(axis=0).sum()
    unit = chroma / (np.linalg.norm(chroma, axis=1, keepdims=True) + 1e-12)
    return {
        "chroma_entropy": -(whole * np.log(whole + 1e-9)).sum(),
        "chroma_change": 1 - (unit[1:] * unit[:-1]).sum(axis=1).mean(),
        "semitones": (unit * np.roll(unit, 1, axis=1)).sum(axis=1).mean(),
        "tritones": (unit * np.roll(unit, 6, axis=1)).sum(axis=1).mean(),
    }


def _register_features(notes: Notes) -> dict[str, float]:
    """The lowest and the highest notes, and how many sound together."""
    shares = notes.magnitudes / notes.magnitudes.sum(axis=1, keepdims=True)
    strongest = notes.fundamentals.max(axis=1, keepdims=True)
    sounds = notes.fundamentals > NOTE_SHARE * strongest
    highest = HIGHEST - sounds[:, ::-1].argmax(axis=1)
    return {
        "pitch_spread": (shares @ PITCHES).std(),
        "lowest_pitch": (LOWEST + sounds.argmax(axis=1)).mean(),
        "highest_pitch": highest.mean(),
        "melody_spread": highest.std(),
        "note_count": sounds.sum(axis=1).mean(),
    }


def _normalize(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """With mean 0 and length 1 along the last axis: products are Pearson's correlations."""
    centred = values - values.mean(axis=-1, keepdims=True)
    return centred / (np.linalg.norm(centred, axis=-1, keepdims=True) + 1e-12)
