"""How alike the errors of two looks at a face are, by the time between them.

`python -m tests.studies.look_correlation FER2013.csv[.gz] FERPLUS_VOTES.csv [MINUTES]` uses the
first part of the scripted moods (mood_sequences.py). An error is the difference of a look's log
probabilities to their mean over all looks at the same emotion.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.mood.log_probabilities import log_probabilities
from models.emotions import EMOTIONS
from tests.benchmarks.machine import describe
from tests.studies.mood_targets import Watched, watch

PART = 0
LAGS = (0.067, 0.2, 0.4, 0.6, 1.0, 1.6, 2.0)


def main() -> None:
    """Print the correlation at each distance that the frame rates have."""
    fer2013, votes = Path(sys.argv[1]), Path(sys.argv[2])
    minutes = float(sys.argv[3]) if sys.argv[3:] else 20.0
    print(describe())
    for rate, watched in watch(fer2013, votes, PART, minutes).items():
        print(f"{rate} frames a second")
        for lag, correlation in correlations(watched, rate).items():
            print(f"  {lag:.2f} s  {correlation:.2f}")


def correlations(watched: Iterable[Watched], rate: int) -> dict[float, float]:
    """Seconds between two looks to the correlation of their errors."""
    pieces = [piece for one in watched for piece in _logs_by_segment(one)]
    means = {
        emotion: np.nanmean(
            np.concatenate([logs for name, logs in pieces if name == emotion]), axis=0
        )
        for emotion in {name for name, _ in pieces}
    }
    errors = [logs - means[emotion] for emotion, logs in pieces]
    variance = np.nanmean(np.concatenate(errors) ** 2)
    found = {}
    for lag in LAGS:
        steps = round(lag * rate)
        if steps:
            products = [piece[steps:] * piece[:-steps] for piece in errors]
            found[steps / rate] = float(np.nanmean(np.concatenate(products)) / variance)
    return found


def _logs_by_segment(watched: Watched) -> list[tuple[str, NDArray[np.float64]]]:
    """The emotion and the log probabilities [looks, 7] of each segment; NaN without a face."""
    missing = np.full(len(EMOTIONS), np.nan)
    return [
        (
            segment.emotion,
            np.array(
                [
                    missing if seen is None else log_probabilities(seen)
                    for time, seen in watched.looks
                    if segment.start <= time < segment.end
                ]
            ),
        )
        for segment in watched.segments
        if segment.emotion is not None
    ]


if __name__ == "__main__":
    main()
