"""Where the music should go for an affect: one function a strategy, one line of a table each."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from edge.mood.affect import Affect
from models.emotions import CIRCUMPLEX
from moodpi.errors import UsageError, did_you_mean

Point = tuple[float, float]

# Where `lift` and `journey` lead unless they are told: (name, (valence, arousal)). What is not
# listed stays.
CALM = ("calm", (0.4, -0.5))
BRIGHTER = ("brighter", (0.6, 0.3))
TARGETS: Mapping[str, tuple[str, Point]] = {
    "angry": CALM,
    "disgust": CALM,
    "fear": CALM,
    "sad": BRIGHTER,
}
# What can be named as a target.
GOALS: Mapping[str, Point] = {**CIRCUMPLEX, **dict([CALM, BRIGHTER])}
# The mood of the music should change by small steps, or a listener hears a break rather than a
# way (the iso principle: Altshuler 1948). In units of the plane.
LONGEST_STEP = 0.4


# The emotions whose names are nouns, as a mood is called after them.
ADJECTIVES = {"fear": "fearful", "disgust": "disgusted", "surprise": "surprised"}


@dataclass(frozen=True)
class Waypoint:
    """A point of the plane to find `count` tracks at, and why there, to be said after the mood
    of the music itself.
    """

    valence: float
    arousal: float
    count: int
    why: str


def match(affect: Affect, count: int, target: str = "") -> list[Waypoint]:  # noqa: ARG001
    """Music like the mood, wherever the other strategies would lead."""
    why = f"like your {_adjective(affect)} mood"
    return [Waypoint(affect.valence, affect.arousal, count, why)]


def lift(affect: Affect, count: int, target: str = "") -> list[Waypoint]:
    """Music of the target; unless told, calm for anger, fear and disgust, brighter for sadness."""
    name, point = _goal(affect, target)
    mood = _adjective(affect)
    if point == (affect.valence, affect.arousal):
        return [Waypoint(*point, count, f"to stay {mood}")]
    purposes = {CALM[0]: f"to calm your {mood} mood", BRIGHTER[0]: f"to brighten your {mood} mood"}
    why = purposes.get(name, f"from your {mood} mood to {name}")
    return [Waypoint(*point, count, why)]


def journey(affect: Affect, count: int, target: str = "") -> list[Waypoint]:
    """From the mood to the target, a track a step, as far as small enough steps reach."""
    here = (affect.valence, affect.arousal)
    name, there = _goal(affect, target)
    distance = math.dist(here, there)
    if not distance:
        return [Waypoint(*here, count, f"staying {_adjective(affect)}")]
    step = min(distance / max(count - 1, 1), LONGEST_STEP)
    waypoints = []
    for number in range(count):
        share = number * step / distance
        valence, arousal = (a + (b - a) * share for a, b in zip(here, there, strict=True))
        why = f"step {number + 1} of {count} towards {name}"
        waypoints.append(Waypoint(valence, arousal, 1, why))
    return waypoints


Strategy = Callable[[Affect, int, str], list[Waypoint]]
STRATEGIES: Mapping[str, Strategy] = {
    "match": match,
    "lift": lift,
    "journey": journey,
}


def find_strategy(name: str) -> Strategy:
    """The strategy of that name. Raises UsageError naming the nearest one."""
    if name not in STRATEGIES:
        raise UsageError(f"unknown strategy '{name}': {did_you_mean(name, STRATEGIES)}")
    return STRATEGIES[name]


def check_target(name: str) -> str:
    """Return `name`, a key of GOALS or empty; UsageError naming the nearest one for another."""
    if name and name not in GOALS:
        raise UsageError(f"unknown target '{name}': {did_you_mean(name, GOALS)}")
    return name


def _goal(affect: Affect, target: str) -> tuple[str, Point]:
    """The name and place of the target that was given, or of the affect's own, or of itself."""
    if check_target(target):
        return target, GOALS[target]
    return TARGETS.get(affect.emotion, (affect.emotion, (affect.valence, affect.arousal)))


def _adjective(affect: Affect) -> str:
    return ADJECTIVES.get(affect.emotion, affect.emotion)
