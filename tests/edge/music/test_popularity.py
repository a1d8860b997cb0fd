"""The preference for popular tracks: strong without ratings, none at 0, unknown in between."""

from __future__ import annotations

import statistics
from random import Random

import pytest

from catalog.store import Catalog, Track
from edge.mood.affect import Affect
from edge.music.popularity import (
    MIN_TRACKS_FOR_FULL_STRENGTH,
    familiarity,
    preference_strength,
    weighted_order,
)
from edge.music.profile import Taste, Verdict
from edge.music.profile.feedback import feedback_for_tracks
from edge.music.recommender import Recommender
from models.emotions import CIRCUMPLEX, EMOTIONS

SEEDS = range(20)
POPULAR = 50


@pytest.fixture(scope="module")
def catalog():
    with Catalog.open() as catalog:
        yield catalog


def tracks(recommender: Recommender, emotion: str) -> list[Track]:
    affect = Affect.from_emotion(emotion)
    lists = [recommender.recommend(affect, seed=seed).tracks for seed in SEEDS]
    return [item.track for one in lists for item in one]


def popular_share(chosen: list[Track]) -> float:
    return statistics.mean((track.popularity or 0) > POPULAR for track in chosen)


def test_four_of_five_first_tracks_are_popular(catalog) -> None:
    recommender = Recommender(catalog)
    assert popular_share([t for e in EMOTIONS for t in tracks(recommender, e)]) >= 0.8


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_the_preference_does_not_change_the_mood(emotion, catalog) -> None:
    valence, arousal = CIRCUMPLEX[emotion]

    def distance(popularity: float) -> float:
        chosen = tracks(Recommender(catalog, popularity=popularity), emotion)
        mean_valence = statistics.mean(track.valence for track in chosen)
        mean_arousal = statistics.mean(track.arousal for track in chosen)
        return abs(mean_valence - valence) + abs(mean_arousal - arousal)

    assert distance(1) == pytest.approx(distance(0), abs=0.05)


def test_without_the_preference_popularity_does_not_matter(catalog) -> None:
    near = [r for cell in catalog.plane.nearest_cells(0.8, 0.5, 500) for r in cell]
    share = popular_share(catalog.tracks(near))
    chosen = tracks(Recommender(catalog, popularity=0), "happy")
    assert popular_share(chosen) == pytest.approx(share, abs=0.1)


def test_tracks_of_unknown_popularity_are_recommended_too(catalog) -> None:
    chosen = [t for e in EMOTIONS for t in tracks(Recommender(catalog), e)]
    assert any(track.popularity is None for track in chosen)


def test_ratings_weaken_the_preference(catalog) -> None:
    rated = tracks(Recommender(catalog, popularity=0), "sad")[:60]
    feedback = feedback_for_tracks(rated, Verdict.SKIP, catalog)
    plain = popular_share(tracks(Recommender(catalog), "happy"))
    learned = popular_share(tracks(Recommender(catalog, taste=Taste(feedback)), "happy"))
    assert learned < plain


def test_an_unknown_popularity_is_between_popular_and_unpopular() -> None:
    assert familiarity(1) < familiarity(None) < familiarity(POPULAR) < familiarity(90)


def test_small_libraries_and_ratings_reduce_the_strength() -> None:
    full = preference_strength(1, MIN_TRACKS_FOR_FULL_STRENGTH, 0)
    assert full == 1
    assert preference_strength(1, 1000, 0) < 0.1
    assert preference_strength(1, MIN_TRACKS_FOR_FULL_STRENGTH, 10) == 0.5
    assert preference_strength(0, MIN_TRACKS_FOR_FULL_STRENGTH, 0) == 0


@pytest.mark.parametrize("strength", [0, 1])
def test_an_order_holds_every_track_once(strength) -> None:
    order = weighted_order(range(1, 101), {7: 90, 8: 1}, strength, Random(1))
    assert sorted(order) == list(range(1, 101))
    assert (order[0] == 7) == bool(strength)
