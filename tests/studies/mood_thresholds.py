"""Chooses `mood.enter` and the constants of edge/mood on the second part of the faces.

`python -m tests.studies.mood_thresholds FER2013.csv[.gz] FERPLUS_VOTES.csv [MINUTES]`. Models are
trained again, so constants must not hang on one set of weights: each candidate is judged by the
mean of the model as it is and of surer and less sure ones, which the same looks raised to a power
stand for, at either frame rate.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from edge.config.settings import MoodSettings
from edge.mood import belief, log_probabilities
from tests.benchmarks.machine import describe
from tests.studies.mood_targets import CHOOSING_SEED, Behaviour, Watched, behaviour, watch

PART = 1
SHARPNESS = (0.85, 1.0, 1.2)
# The median time to notice a change with the model as it is, in seconds.
NOTICE = 3.6
MIN_PROBABILITIES = (0.002, 0.01)
CORRELATION_TIMES = (0.45, 0.6, 0.95)
MEAN_DURATIONS = (10.0, 60.0, 300.0)
ENTER = (0.7, 0.85, 0.9, 0.95)


@dataclass(frozen=True)
class Candidate:
    """Constants, and their behaviour at each frame rate and sharpness."""

    min_probability: float
    correlation_time: float
    mean_duration: float
    enter: float
    behaviours: tuple[Behaviour, ...]

    @property
    def wrong(self) -> float:
        return float(np.mean([one.wrong for one in self.behaviours]))

    @property
    def notice(self) -> float:
        """The slowest median of the model as it is."""
        usual = self.behaviours[SHARPNESS.index(1.0) :: len(SHARPNESS)]
        return max(one.median for one in usual)

    def __str__(self) -> str:
        worst = max(one.wrong for one in self.behaviours)
        missed = max(one.missed for one in self.behaviours)
        return (
            f"minimum {self.min_probability:g}, correlation {self.correlation_time:g} s, "
            f"duration {self.mean_duration:g} s, enter {self.enter:g}: "
            f"{self.wrong:.2f} wrong in 10 minutes (worst {worst:.2f}), "
            f"{self.notice:.1f} s, {missed:.0%} missed"
        )


def main() -> None:
    """Print the candidates that notice a change in time, and the constants in use."""
    fer2013, votes = Path(sys.argv[1]), Path(sys.argv[2])
    minutes = float(sys.argv[3]) if sys.argv[3:] else 40.0
    by_rate = watch(fer2013, votes, PART, minutes, CHOOSING_SEED)
    variants = [variant for watched in by_rate.values() for variant in _sharpened(watched)]
    print(describe())
    candidates = [
        judged(variants, *constants)
        for constants in product(MIN_PROBABILITIES, CORRELATION_TIMES, MEAN_DURATIONS, ENTER)
    ]
    fast = [one for one in candidates if one.notice <= NOTICE]
    for one in sorted(fast, key=lambda one: (one.wrong, one.notice))[:12]:
        print(one)
    in_use = log_probabilities.MIN_PROBABILITY, belief.CORRELATION_TIME, belief.MEAN_DURATION
    print("in use:", judged(variants, *in_use, MoodSettings().enter))


def judged(
    variants: Sequence[Sequence[Watched]],
    min_probability: float,
    correlation_time: float,
    mean_duration: float,
    enter: float,
) -> Candidate:
    """A candidate and its behaviour."""
    settings = replace(MoodSettings(), enter=enter)
    with (
        patch.object(log_probabilities, "MIN_PROBABILITY", min_probability),
        patch.multiple(belief, CORRELATION_TIME=correlation_time, MEAN_DURATION=mean_duration),
    ):
        behaviours = tuple(behaviour(variant, settings) for variant in variants)
    return Candidate(min_probability, correlation_time, mean_duration, enter, behaviours)


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


if __name__ == "__main__":
    main()
