"""Strategies: functions from an affect to the waypoints of a list of tracks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from edge.mood.affect import Affect
from models.emotions import CIRCUMPLEX
from moodpi.errors import UsageError, did_you_mean
from moodpi.text import quoted

Point = tuple[float, float]

# Targets that are not emotions: (name, (valence, arousal)).
CALM = ("calm", (0.4, -0.5))
BRIGHTER = ("brighter", (0.6, 0.3))
# The default targets of `lift` and `journey`. An emotion that is not listed is its own target.
DEFAULT_TARGETS: Mapping[str, tuple[str, Point]] = {
    "angry": CALM,
    "disgust": CALM,
    "fear": CALM,
    "sad": BRIGHTER,
}
# All targets by name.
TARGETS: Mapping[str, Point] = {**CIRCUMPLEX, **dict([CALM, BRIGHTER])}
# The longest step of a journey, in units of the plane: the mood of the music should change in
# small steps (the iso principle, Altshuler 1948).
MAX_STEP = 0.4

# The adjectives of the emotions whose names are nouns.
EMOTION_ADJECTIVES = {"fear": "fearful", "disgust": "disgusted", "surprise": "surprised"}


@dataclass(frozen=True)
class Waypoint:
    """A point of the plane, -1..1 on both axes, near which `count` tracks are chosen.

    why: The reason for the point, which follows a description of the music.
    """

    valence: float
    arousal: float
    count: int
    why: str


def match(affect: Affect, count: int, target: str = "") -> list[Waypoint]:  # noqa: ARG001
    """Music that matches the mood. The target is not used."""
    why = f"like your {_adjective(affect)} mood"
    return [Waypoint(affect.valence, affect.arousal, count, why)]


def lift(affect: Affect, count: int, target: str = "") -> list[Waypoint]:
    """Music at the target. By default `calm` for anger, fear, disgust, `brighter` for sadness."""
    name, point = _target(affect, target)
    mood = _adjective(affect)
    if point == (affect.valence, affect.arousal):
        return [Waypoint(*point, count, f"to stay {mood}")]
    purposes = {CALM[0]: f"to calm your {mood} mood", BRIGHTER[0]: f"to brighten your {mood} mood"}
    why = purposes.get(name, f"from your {mood} mood to {name}")
    return [Waypoint(*point, count, why)]


def journey(affect: Affect, count: int, target: str = "") -> list[Waypoint]:
    """From the mood towards the target, one track per step of at most MAX_STEP."""
    start = (affect.valence, affect.arousal)
    name, end = _target(affect, target)
    distance = math.dist(start, end)
    if not distance:
        return [Waypoint(*start, count, f"staying {_adjective(affect)}")]
    step = min(distance / max(count - 1, 1), MAX_STEP)
    waypoints = []
    for number in range(count):
        share = number * step / distance
        valence, arousal = (a + (b - a) * share for a, b in zip(start, end, strict=True))
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
    """The strategy with a name. Raises UsageError for an unknown name."""
    if name not in STRATEGIES:
        raise UsageError(
            f"unknown strategy {quoted(name)}: {did_you_mean(name, STRATEGIES)}",
            code="unknown_strategy",
        )
    return STRATEGIES[name]


def check_target(name: str) -> str:
    """Return `name` if it is empty or a key of TARGETS. Raises UsageError for an unknown name."""
    if name and name not in TARGETS:
        raise UsageError(
            f"unknown target {quoted(name)}: {did_you_mean(name, TARGETS)}", code="unknown_target"
        )
    return name


def _target(affect: Affect, target: str) -> tuple[str, Point]:
    """The name and point of the named target, or by default of the target for the emotion."""
    if check_target(target):
        return target, TARGETS[target]
    return DEFAULT_TARGETS.get(affect.emotion, (affect.emotion, (affect.valence, affect.arousal)))


def _adjective(affect: Affect) -> str:
    return EMOTION_ADJECTIVES.get(affect.emotion, affect.emotion)
