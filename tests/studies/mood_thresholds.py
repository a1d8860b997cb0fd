"""Chooses the defaults of [mood] on one half of the scripted faces and reports on the other.

`python -m tests.studies.mood_thresholds FER2013.csv[.gz] FERPLUS_VOTES.csv [MINUTES]`. Models
are trained again, so settings must not hang on one set of weights: each candidate is judged
by the worst of the model as it is and of surer and less sure ones, which the same looks raised to a
power stand for, at either frame rate.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge.config.settings import MoodSettings
from tests.benchmarks.machine import describe
from tests.studies.mood_targets import (
    RATES,
    Behaviour,
    Watched,
    argmax_behaviour,
    behaviour,
    watch,
)

SHARPNESS = (0.85, 1.0, 1.2)
# Noticing must be well within its bar of 4 s, as real people are slower to show than pictures.
NOTICE = 3.8
GRID = {
    "smoothing": (1.8, 2.0, 2.4, 2.8),
    "enter": (0.88, 0.90, 0.92, 0.94),
    "floor": (0.25, 0.3),
    "dwell": (0.2, 0.4),
}


@dataclass(frozen=True)
class Candidate:
    """Settings and their behaviour at each sharpness."""

    settings: MoodSettings
    behaviours: tuple[Behaviour, ...]

    @property
    def wrong(self) -> float:
        return max(one.wrong for one in self.behaviours)

    @property
    def notice(self) -> float:
        return max(one.median for one in self.behaviours)

    @property
    def missed(self) -> float:
        return max(one.missed for one in self.behaviours)


def main() -> None:
    """Print the best candidates, and the results of these and the defaults on the second half."""
    fer2013, votes = Path(sys.argv[1]), Path(sys.argv[2])
    minutes = float(sys.argv[3]) if sys.argv[3:] else 40.0
    first, second = (
        {rate: list(watch(fer2013, votes, half, minutes, rate)) for rate in RATES}
        for half in (0, 1)
    )
    variants = [variant for watched in first.values() for variant in _sharpened(watched)]
    candidates = sorted(choose(variants), key=lambda one: (one.wrong, one.missed, one.notice))
    print(describe())
    print("on the first half, the worst over all sharpnesses; below it the second half as it is")
    for one in candidates[:8]:
        print(_told(one, second))
    print("the defaults:")
    print(_told(_judged(MoodSettings(), variants), second))
    print("the per-frame argmax:")
    for rate, watched in second.items():
        print(_second_half(rate, argmax_behaviour(watched)))


def choose(variants: Sequence[Sequence[Watched]]) -> list[Candidate]:
    """All candidates that recognise a mood within NOTICE seconds."""
    found = []
    for values in product(*GRID.values()):
        chosen: dict[str, Any] = dict(zip(GRID, values, strict=True))
        settings = replace(MoodSettings(), **chosen)
        found.append(_judged(settings, variants))
    return [one for one in found if one.notice <= NOTICE]


def _judged(settings: MoodSettings, variants: Sequence[Sequence[Watched]]) -> Candidate:
    return Candidate(settings, tuple(behaviour(variant, settings) for variant in variants))


def _sharpened(watched: Sequence[Watched]) -> list[list[Watched]]:
    return [[_raised(one, power) for one in watched] for power in SHARPNESS]


def _raised(watched: Watched, power: float) -> Watched:
    """The sequence as a more (above 1) or less confident model would classify it."""
    looks: list[tuple[float, NDArray[np.float32] | None]] = []
    for time, probabilities in watched.looks:
        if probabilities is None:
            looks.append((time, None))
        else:
            raised = np.maximum(probabilities, 1e-4) ** power
            looks.append((time, (raised / raised.sum()).astype(np.float32)))
    return Watched(watched.segments, looks)


def _told(one: Candidate, second: Mapping[int, Sequence[Watched]]) -> str:
    settings = ", ".join(f"{name} {getattr(one.settings, name):g}" for name in GRID)
    lines = [f"  {settings}: {one.wrong:.2f} wrong, {one.notice:.1f} s, {one.missed:.0%} missed"]
    for rate, watched in second.items():
        lines.append(_second_half(rate, behaviour(watched, one.settings)))
    return "\n".join(lines)


def _second_half(rate: int, there: Behaviour) -> str:
    return (
        f"    at {rate} frames a second {there.wrong:.2f} wrong in 10 minutes, "
        f"{there.median:.1f} s, {there.missed:.0%} missed"
    )


if __name__ == "__main__":
    main()
