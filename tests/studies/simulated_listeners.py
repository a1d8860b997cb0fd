"""Measures the model of taste on simulated listeners, with and without it.

Each listener has a hidden taste in genres, decades, artists and popularity, and likes or skips
every track of a list. `python -m tests.studies.simulated_listeners` prints for each block of rounds
the share of liked tracks and their mean distance from the requested mood.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from catalog.store import Catalog, Track
from edge.mood.affect import Affect
from edge.music.profile import Taste, Verdict
from edge.music.profile.feedback import feedback_for_tracks
from edge.music.profile.store import Feedback
from edge.music.recommender import Recommender
from models.emotions import EMOTIONS

LISTENERS = 30
ROUNDS = 50
BLOCK = 10
# Standard deviations of the hidden taste, in logits, and the liking of a track without traits.
GENRES, DECADES, ARTISTS, FAME = 1.5, 1.0, 1.0, 0.5
AVERAGE = -0.6


class Listener:
    """Likes a track with a probability that its genre, decade, artist and fame decide."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._random = Random(number)
        self._fame = self._random.gauss(0, FAME)

    def likes(self, track: Track) -> bool:
        logit = AVERAGE + self._effect("artist", track.artist_id, ARTISTS)
        logit += self._effect("genre", track.genre, GENRES)
        logit += self._effect("decade", track.decade, DECADES)
        if track.popularity is not None:
            logit += self._fame * (track.popularity - 50) / 25
        return self._random.random() < 1 / (1 + math.exp(-logit))

    def _effect(self, kind: str, name: object, spread: float) -> float:
        if name is None:
            return 0.0
        return Random(f"{self._number} {kind} {name}").gauss(0, spread)


@dataclass(frozen=True)
class Round:
    """A list: the share of it that was liked, and its mean distance on the plane from the mood."""

    liked: float
    distance: float


def listen(catalog: Catalog, number: int, *, learning: bool) -> Iterator[Round]:
    """One listener's rounds: a list for a random emotion, and feedback on each of its tracks."""
    listener, moods = Listener(number), Random(number)
    feedback: list[Feedback] = []
    recommended: set[str] = set()
    for seed in range(ROUNDS):
        affect = Affect.from_emotion(moods.choice(EMOTIONS))
        recommender = Recommender(catalog, taste=Taste(feedback if learning else ()))
        tracks = [
            c.track for c in recommender.recommend(affect, seed=seed, exclude=recommended).tracks
        ]
        recommended.update(track.id for track in tracks)
        liked = [listener.likes(track) for track in tracks]
        for track, like in zip(tracks, liked, strict=True):
            verdict = Verdict.LIKE if like else Verdict.SKIP
            feedback += feedback_for_tracks([track], verdict, catalog) if learning else []
        here = (affect.valence, affect.arousal)
        yield Round(
            statistics.mean(liked),
            statistics.mean(math.dist(here, (t.valence, t.arousal)) for t in tracks),
        )


def main() -> None:
    """Print liking and distance by blocks of rounds, and the gain of the last block."""
    rounds: dict[tuple[bool, int], list[Round]] = defaultdict(list)
    with Catalog.open() as catalog:
        for number in range(LISTENERS):
            for learning in (False, True):
                for index, one in enumerate(listen(catalog, number, learning=learning)):
                    rounds[learning, index // BLOCK].append(one)
    print(f"{LISTENERS} simulated listeners, five tracks a round, different ones every round")
    print("rounds      liked: without the model, with it    distance from the mood: without, with")
    for block in range(ROUNDS // BLOCK):
        without, with_it = rounds[False, block], rounds[True, block]
        print(
            f"{block * BLOCK + 1:3} to {(block + 1) * BLOCK:3}{_liked(without):>23.1%}"
            f"{_liked(with_it):>9.1%}{_distance(without):>32.3f}{_distance(with_it):>6.3f}"
        )


def _liked(rounds: list[Round]) -> float:
    return statistics.mean(one.liked for one in rounds)


def _distance(rounds: list[Round]) -> float:
    return statistics.mean(one.distance for one in rounds)


if __name__ == "__main__":
    main()
