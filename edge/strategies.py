"""Where the music should go for a feeling: one function a strategy, one line of a table each."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from edge.feeling import Feeling
from moodpi.errors import UsageError, did_you_mean

Point = tuple[float, float]

# Where `lift` and `journey` lead: (name, (valence, arousal)). What is not listed stays.
CALM = ("calm", (0.4, -0.5))
BRIGHTER = ("brighter", (0.6, 0.3))
TARGETS: Mapping[str, tuple[str, Point]] = {
    "angry": CALM,
    "disgust": CALM,
    "fear": CALM,
    "sad": BRIGHTER,
}
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


def match(feeling: Feeling, count: int) -> list[Waypoint]:
    """Music like the mood."""
    why = f"like your {_adjective(feeling)} mood"
    return [Waypoint(feeling.valence, feeling.arousal, count, why)]


def lift(feeling: Feeling, count: int) -> list[Waypoint]:
    """Music of a better mood: calm for anger, fear and disgust, brighter for sadness."""
    if feeling.emotion not in TARGETS:
        return [Waypoint(feeling.valence, feeling.arousal, count, f"to stay {_adjective(feeling)}")]
    name, (valence, arousal) = TARGETS[feeling.emotion]
    purpose = "to calm" if name == "calm" else "to brighten"
    return [Waypoint(valence, arousal, count, f"{purpose} your {_adjective(feeling)} mood")]


def journey(feeling: Feeling, count: int) -> list[Waypoint]:
    """From the mood to its better one, a track a step, as far as small enough steps reach."""
    here = (feeling.valence, feeling.arousal)
    name, target = TARGETS.get(feeling.emotion, (feeling.emotion, here))
    distance = math.dist(here, target)
    if not distance:
        return [Waypoint(*here, count, f"staying {_adjective(feeling)}")]
    step = min(distance / max(count - 1, 1), LONGEST_STEP)
    waypoints = []
    for number in range(count):
        share = number * step / distance
        valence, arousal = (a + (b - a) * share for a, b in zip(here, target, strict=True))
        why = f"step {number + 1} of {count} towards {name}"
        waypoints.append(Waypoint(valence, arousal, 1, why))
    return waypoints


STRATEGIES: Mapping[str, Callable[[Feeling, int], list[Waypoint]]] = {
    "match": match,
    "lift": lift,
    "journey": journey,
}


def find_strategy(name: str) -> Callable[[Feeling, int], list[Waypoint]]:
    """The strategy of that name. Raises UsageError naming the nearest one."""
    if name not in STRATEGIES:
        raise UsageError(f"unknown strategy '{name}': {did_you_mean(name, STRATEGIES)}")
    return STRATEGIES[name]


def _adjective(feeling: Feeling) -> str:
    return ADJECTIVES.get(feeling.emotion, feeling.emotion)
