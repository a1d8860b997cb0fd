"""What the resting face changes for the simulated people of resting_people.py.

`python -m tests.studies.resting_faces FER2013.csv[.gz] FERPLUS_VOTES.csv [MINUTES]` prints USUAL
and the results of several weights on the first part of the faces, and on the second those without a
resting face, with a calibrated one, and with one learned in 40 hours. So many minutes of each
person are simulated; a day has eight hours in view. It measures the installed default model.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.config.settings import MoodSettings
from edge.mood.log_probabilities import log_probabilities
from edge.mood.resting_calibration import MAX_VARIATION, RestingCalibration
from edge.mood.resting_face import USUAL, WEIGHT, RestingFace
from edge.mood.resting_learner import RestingLearner
from edge.mood.tracker import MoodTracker
from tests.benchmarks.machine import describe
from tests.studies.resting_people import RATE, SHOWN, Look, Part, Person, load_part

WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
CHOOSING, REPORTING = 0, 1
DAY = 8.0  # hours
# Seconds of rest and of an expression, which take turns.
REST, EXPRESSION = (60.0, 180.0), (20.0, 40.0)
# Hours in view of learning without a calibration: five days.
LEARNING = 40.0
# A mood of what was shown before is not wrong for so many seconds.
LATE = 4.0

Judge = Callable[[Look], Look]
RestingFaces = Callable[[Person], RestingFace]


@dataclass(frozen=True)
class Shown:
    """An expression, or neutral at rest, from start to end in seconds, with its looks."""

    emotion: str
    start: float
    end: float
    looks: list[Look]


@dataclass(frozen=True)
class Result:
    """changes, minutes: wrong ones a day. noticed: the share of expressions whose mood came.

    same: That share for the emotion that the resting face is mistaken for; the others have none.
    """

    changes: float
    minutes: float
    noticed: float
    same: float
    median: float

    def __str__(self) -> str:
        same = "" if np.isnan(self.same) else f", {self.same:.0%} of the same"
        return (
            f"{self.changes:4.0f} wrong changes, {self.minutes:4.0f} wrong minutes a day; "
            f"noticed: {self.noticed:.0%} of other expressions, after {self.median:.1f} s{same}"
        )


def main() -> None:
    """Print every row."""
    fer2013, votes = Path(sys.argv[1]), Path(sys.argv[2])
    minutes = float(sys.argv[3]) if sys.argv[3:] else 20.0
    print(describe())
    part = load_part(fer2013, votes, CHOOSING)
    usual = np.mean([_means(person.rest) for person in part.neutral], axis=0)
    print(f"first part: USUAL is {usual.round(2).tolist()}, in use {USUAL.tolist()}")
    _print_variation(part)
    for weight in WEIGHTS:
        _print_rows(f"weight {weight:g}", part, minutes, partial(_calibrated, weight=weight))
    part = load_part(fer2013, votes, REPORTING)
    print("second part:")
    _print_rows("not calibrated", part, minutes, lambda _: RestingFace(USUAL))
    _print_rows("calibrated", part, minutes, _calibrated)
    _print_rows(f"{LEARNING:g} hours", part, minutes, lambda person: _learned(person, part))


def _print_rows(label: str, part: Part, minutes: float, faces: RestingFaces) -> None:
    for kind, people in (("misread", part.misread), ("neutral", part.neutral)):
        print(f"{label:<15}{len(people)} {kind}: {_result(people, part, minutes, faces)}")


def _calibrated(person: Person, weight: float = WEIGHT) -> RestingFace:
    return RestingFace(_means(person.calibration), weight)


def _learned(person: Person, part: Part) -> RestingFace:
    """What is learned in LEARNING hours of such days, one look a second."""
    learner = RestingLearner()
    for shown in _script(person, part, 60 * LEARNING, np.random.default_rng(99)):
        for second in range(int(shown.end - shown.start)):
            learner.add(_look(shown.looks, second * RATE), shown.start + second)
    return RestingFace(learner.mean_log_probabilities)


def _print_variation(part: Part) -> None:
    """How many steady faces a calibration refuses, and how many that change half-way."""
    steady, changed = [], []
    random = np.random.default_rng(1)
    others = [looks for emotion in SHOWN for looks in part.expressions[emotion]]
    for person in part.misread + part.neutral:
        looks, other = person.calibration, others[random.integers(len(others))]
        half = len(looks) // 2
        steady.append(_variation(looks))
        changed.append(_variation(looks[:half] + other[:half]))
    refused = [np.mean(np.array(found) > MAX_VARIATION) for found in (steady, changed)]
    print(f"refused: {refused[0]:.0%} of steady faces, {refused[1]:.0%} of changing ones")


def _variation(looks: list[Look]) -> float:
    calibration = RestingCalibration(0.0)
    for number, look in enumerate(looks):
        calibration.add(look, number / RATE)
    return calibration.variation()


def _result(people: list[Person], part: Part, minutes: float, faces: RestingFaces) -> Result:
    """The mean of the people's days, each judged against their own resting face."""
    changes, wrong, hours = 0, 0.0, 0.0
    noticed: dict[bool, list[float]] = {True: [], False: []}
    for number, person in enumerate(people):
        judge = faces(person).judge
        script = list(_script(person, part, minutes, np.random.default_rng(number)))
        day = _day(script, judge)
        changes, wrong = changes + day[0], wrong + day[1]
        hours += script[-1].end / 3600
        for emotion, seconds in day[2]:
            noticed[emotion == person.reading].append(seconds)
    others, same = (np.array(noticed[kind]) for kind in (False, True))
    return Result(
        DAY * changes / hours,
        DAY * wrong / hours,
        float(np.isfinite(others).mean()),
        float(np.isfinite(same).mean()) if len(same) else np.nan,
        float(np.median(others[np.isfinite(others)])),
    )


def _script(
    person: Person, part: Part, minutes: float, random: np.random.Generator
) -> Iterator[Shown]:
    time = 0.0
    while time < 60 * minutes:
        end = time + float(random.uniform(*REST))
        yield Shown("neutral", time, end, person.rest)
        faces = part.expressions[emotion := SHOWN[random.integers(len(SHOWN))]]
        time, end = end, end + float(random.uniform(*EXPRESSION))
        yield Shown(emotion, time, end, faces[random.integers(len(faces))])
        time = end


def _day(script: list[Shown], judge: Judge) -> tuple[int, float, list[tuple[str, float]]]:
    """Wrong changes, wrong minutes, and seconds to notice each expression, infinite if never.

    An expression is noticed if its emotion becomes the mood, not if it was before.
    """
    tracker = MoodTracker(MoodSettings())
    changes, frames = 0, 0
    noticed: list[tuple[str, float]] = []
    before = ""
    for shown in script:
        first = np.inf
        for number in range(int((shown.end - shown.start) * RATE)):
            passed = number / RATE
            change = tracker.update(judge(_look(shown.looks, number)), shown.start + passed)
            emotion = None if tracker.mood is None else tracker.mood.emotion
            fits = emotion in (None, shown.emotion) or (emotion == before and passed < LATE)
            changes += change is not None and not fits
            frames += not fits
            if change is not None and emotion == shown.emotion:
                first = min(first, passed)
        if shown.emotion != "neutral":
            noticed.append((shown.emotion, first))
        before = shown.emotion
    return changes, frames / RATE / 60, noticed


def _look(looks: list[Look], number: int) -> Look:
    """The looks forwards and backwards, without end."""
    place = number % (2 * len(looks) - 2)
    return looks[place if place < len(looks) else 2 * len(looks) - 2 - place]


def _means(looks: list[Look]) -> NDArray[np.float64]:
    means: NDArray[np.float64] = np.mean([log_probabilities(look) for look in looks], axis=0)
    return means


if __name__ == "__main__":
    main()
