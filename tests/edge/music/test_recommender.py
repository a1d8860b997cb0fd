"""The recommender: matching tracks, different artists, variety, and a reason for each track."""

from __future__ import annotations

import itertools
import math
from random import Random

import numpy as np
import pytest

from catalog.store import Catalog
from edge.config.settings import RecommendSettings
from edge.mood.affect import Affect
from edge.music.recommender import FAR_DISTANCE, Recommender
from edge.music.strategies import DEFAULT_TARGETS, MAX_STEP, TARGETS, journey
from edge.music.track_filter import TrackFilter
from models.emotions import CIRCUMPLEX, EMOTIONS
from moodpi.errors import UsageError
from tests.raising import raises

SEEDS = range(20)


@pytest.fixture(scope="module")
def recommender():
    with Catalog.open() as catalog:
        yield Recommender(catalog)


@pytest.fixture
def small(tmp_path):
    """Make a recommender over a few tracks of a few artists."""
    pytest.importorskip("pandas")
    from catalog.building.build import build

    def make(tracks: int, artists: int) -> Recommender:
        features = "danceability,energy,speechiness,acousticness,instrumentalness,liveness"
        lines = [f"id,name,artist,{features},valence,loudness,tempo"]
        lines += [
            f"{n:022},Song {n},Band {n % artists},.5,{n / tracks},.1,.1,0,.1,{n / tracks},-7,120"
            for n in range(tracks)
        ]
        path = tmp_path / "few.csv"
        path.write_text("\n".join(lines))
        build([path], tmp_path / "few.sqlite")
        return Recommender(Catalog.open(tmp_path / "few.sqlite"))

    return make


def ids(recommendation) -> list[str]:
    return [item.track.id for item in recommendation.tracks]


def points(recommendation) -> list[tuple[float, float]]:
    return [(item.track.valence, item.track.arousal) for item in recommendation.tracks]


@pytest.mark.parametrize("strategy", ["match", "lift", "journey"])
@pytest.mark.parametrize("emotion", EMOTIONS)
def test_five_tracks_by_five_artists(emotion, strategy, recommender) -> None:
    chosen = recommender.recommend(Affect.from_emotion(emotion), strategy, seed=3)
    assert len(set(ids(chosen))) == 5
    assert len({item.track.artist_id for item in chosen.tracks}) == 5


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_match_stays_near_the_affect(emotion, recommender) -> None:
    for seed in SEEDS:
        chosen = recommender.recommend(Affect.from_emotion(emotion), seed=seed)
        assert all(math.dist(point, CIRCUMPLEX[emotion]) < 0.2 for point in points(chosen))


def test_emotions_get_different_lists(recommender) -> None:
    lists = [ids(recommender.recommend(Affect.from_emotion(e), seed=0)) for e in EMOTIONS]
    assert len({track for chosen in lists for track in chosen}) >= 33


def test_sad_music_is_darker_and_calmer_than_happy_music(recommender) -> None:
    sad, happy = (
        np.mean(points(recommender.recommend(Affect.from_emotion(e), count=30, seed=1)), axis=0)
        for e in ("sad", "happy")
    )
    assert (happy - sad > 0.8).all()


def test_the_same_seed_gives_the_same_list(recommender) -> None:
    affect = Affect.from_emotion("happy")
    first = ids(recommender.recommend(affect, seed=1))
    assert ids(recommender.recommend(affect, seed=1)) == first
    assert ids(recommender.recommend(affect, seed=2)) != first


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_other_seeds_and_no_seed_give_variety(emotion, recommender) -> None:
    affect = Affect.from_emotion(emotion)
    for seeds in (SEEDS, [None] * 20):
        recommended = {
            track for seed in seeds for track in ids(recommender.recommend(affect, seed=seed))
        }
        assert len(recommended) >= 35


@pytest.mark.parametrize("emotion", EMOTIONS)
@pytest.mark.parametrize("strategy", ["match", "lift", "journey"])
def test_ten_lists_from_a_thousand_songs_hold_25_tracks(emotion, strategy) -> None:
    affect = Affect.from_emotion(emotion)
    with Catalog.open() as catalog:
        songs = sorted(Random(0).sample(range(1, len(catalog) + 1), 1000))
        recommender = Recommender(catalog, playable=songs)
        lists = [ids(recommender.recommend(affect, strategy, seed=seed)) for seed in range(10)]
    assert len({track for one in lists for track in one}) >= 25


def test_excluded_tracks_are_not_recommended(recommender) -> None:
    affect = Affect.from_emotion("fear")
    recommended: set[str] = set()
    for _ in range(40):
        chosen = ids(recommender.recommend(affect, seed=7, exclude=frozenset(recommended)))
        assert recommended.isdisjoint(chosen)
        recommended.update(chosen)
    assert len(recommended) == 200


def test_an_uncertain_affect_is_nearer_to_neutral() -> None:
    sure, unsure = np.zeros(7, np.float32), np.full(7, 0.1, np.float32)
    sure[3], unsure[3] = 1.0, 0.4
    certain, vague = Affect.from_probabilities(sure), Affect.from_probabilities(unsure)
    assert (certain.valence, certain.arousal) == pytest.approx(CIRCUMPLEX["happy"])
    assert vague.emotion == "happy"
    assert vague.confidence == pytest.approx(0.4)
    assert math.hypot(vague.valence, vague.arousal) < math.hypot(certain.valence, certain.arousal)


@pytest.mark.parametrize("emotion", DEFAULT_TARGETS)
def test_lift_leads_to_its_target(emotion, recommender) -> None:
    chosen = recommender.recommend(Affect.from_emotion(emotion), "lift", seed=1)
    assert all(math.dist(point, DEFAULT_TARGETS[emotion][1]) < 0.2 for point in points(chosen))


def test_lift_calms_anger_and_brightens_sadness(recommender) -> None:
    for emotion, change in (("angry", (1, -1)), ("sad", (1, 1))):
        affect = Affect.from_emotion(emotion)
        lifted = np.mean(points(recommender.recommend(affect, "lift", seed=1)), axis=0)
        matched = np.mean(points(recommender.recommend(affect, "match", seed=1)), axis=0)
        assert ((lifted - matched) * change > 0.5).all()


@pytest.mark.parametrize("emotion", ["happy", "neutral", "surprise"])
def test_lift_keeps_a_good_mood(emotion, recommender) -> None:
    affect = Affect.from_emotion(emotion)
    assert ids(recommender.recommend(affect, "lift", seed=4)) == ids(
        recommender.recommend(affect, "match", seed=4)
    )


def test_a_journey_approaches_its_target_in_small_steps(recommender) -> None:
    valid = 0
    for seed in range(200):
        emotion = list(DEFAULT_TARGETS)[seed % len(DEFAULT_TARGETS)]
        path = points(recommender.recommend(Affect.from_emotion(emotion), "journey", seed=seed))
        left = [math.dist(point, DEFAULT_TARGETS[emotion][1]) for point in path]
        steps = [math.dist(a, b) for a, b in itertools.pairwise(path)]
        valid += max(steps) <= 0.5 and all(a > b for a, b in itertools.pairwise(left))
    assert valid >= 190


def test_a_short_journey_is_limited_by_the_longest_step() -> None:
    first, second = journey(Affect.from_emotion("angry"), 2)
    assert math.dist((first.valence, first.arousal), (second.valence, second.arousal)) == (
        pytest.approx(MAX_STEP)
    )


def test_every_track_has_a_reason(recommender) -> None:
    def why(emotion: str, strategy: str) -> list[str]:
        affect = Affect.from_emotion(emotion)
        return [item.why for item in recommender.recommend(affect, strategy, seed=1).tracks]

    assert why("happy", "match")[0] == "bright and lively, like your happy mood"
    assert why("fear", "lift")[0] == "warm and gentle, to calm your fearful mood"
    assert [text.split(", ")[1] for text in why("sad", "journey")] == [
        f"step {step} of 5 towards brighter" for step in range(1, 6)
    ]


def test_a_track_as_json_has_the_agreed_fields(recommender) -> None:
    document = recommender.recommend(Affect.from_emotion("sad"), seed=1).tracks[0].to_json()
    assert list(document) == [
        "id", "title", "artist", "album", "valence", "arousal", "why", "url",
    ]  # fmt: skip
    assert len(document["id"]) == 22
    assert document["url"] == f"https://open.spotify.com/track/{document['id']}"


@pytest.mark.parametrize("count", [1, 2, 40])
@pytest.mark.parametrize("strategy", ["match", "lift", "journey"])
def test_returns_the_requested_number_of_tracks(count, strategy, recommender) -> None:
    chosen = recommender.recommend(Affect.from_emotion("angry"), strategy, count, seed=2)
    assert len(chosen.tracks) == count


@pytest.mark.workstation
@pytest.mark.parametrize(("tracks", "artists", "there"), [(3, 3, 3), (50, 2, 2), (50, 50, 5)])
def test_a_small_catalogue_gives_fewer_tracks(tracks, artists, there, small) -> None:
    chosen = small(tracks, artists).recommend(Affect.from_emotion("happy"), seed=1)
    assert len(chosen.tracks) == there


@pytest.mark.workstation
@pytest.mark.parametrize(("strategy", "target"), [("match", ""), ("journey", "calm")])
@pytest.mark.parametrize(("artists", "gap"), [(2, 1), (6, 5)])
def test_an_artist_is_repeated_after_a_gap(artists, gap, strategy, target, small) -> None:
    chosen = small(60, artists).recommend(
        Affect.from_emotion("happy"), strategy, 20, seed=1, target=target, artist_gap=gap
    )
    by = [item.track.artist_id for item in chosen.tracks]
    assert len(set(ids(chosen))) == 20
    assert all(by[n] not in by[max(n - gap, 0) : n] for n in range(20))


@pytest.mark.parametrize("count", [0, -3])
def test_a_count_below_one_is_an_error(count, recommender) -> None:
    with raises("invalid_count", UsageError):
        recommender.recommend(Affect.from_emotion("happy"), count=count)


def test_an_unknown_strategy_or_emotion_is_an_error(recommender) -> None:
    with raises("unknown_strategy", UsageError):
        recommender.recommend(Affect.from_emotion("happy"), "jurney")
    with raises("unknown_emotion", UsageError):
        Affect.from_emotion("hapy")


@pytest.mark.workstation
def test_a_long_list_from_a_small_catalogue_stays_near_the_affect(small) -> None:
    recommender = small(300, 300)
    affect = Affect.from_emotion("happy")
    everything = points(recommender.recommend(affect, count=300))
    for seed in range(10):
        chosen = points(recommender.recommend(affect, count=30, seed=seed))
        nearest = sorted(math.dist(point, CIRCUMPLEX["happy"]) for point in everything)
        assert len(chosen) == 30
        assert np.mean([math.dist(p, CIRCUMPLEX["happy"]) for p in chosen]) < np.mean(nearest[:90])


@pytest.mark.parametrize("strategy", ["lift", "journey"])
@pytest.mark.parametrize("target", ["happy", "calm", "angry"])
def test_a_list_ends_at_the_named_target(strategy, target, recommender) -> None:
    goal = TARGETS[target]
    chosen = recommender.recommend(
        Affect.from_emotion("surprise"), strategy, count=7, seed=1, target=target
    ).tracks
    first, last = (
        math.dist((item.track.valence, item.track.arousal), goal)
        for item in (chosen[0], chosen[-1])
    )
    assert last <= 0.45
    assert strategy == "lift" or first > last
    assert all(target in item.why for item in chosen if strategy == "journey")


def test_a_journey_to_the_current_mood_stays_there(recommender) -> None:
    chosen = recommender.recommend(
        Affect.from_emotion("happy"), "journey", seed=1, target="happy"
    ).tracks
    assert all("staying happy" in item.why for item in chosen)


def test_an_unknown_target_is_an_error(recommender) -> None:
    with raises("unknown_target", UsageError):
        recommender.recommend(Affect.from_emotion("sad"), "lift", target="hapy")


def test_the_reason_of_a_far_track_says_that_it_is_the_nearest() -> None:
    with Catalog.open() as catalog:
        track_filter = TrackFilter.from_settings(RecommendSettings(year_from=1955, year_to=1957))
        few = Recommender(catalog, track_filter).recommend(Affect.from_emotion("angry"), seed=1)
        far = [
            math.dist((c.track.valence, c.track.arousal), CIRCUMPLEX["angry"]) > FAR_DISTANCE
            for c in few.tracks
        ]
    marked = [c.why.endswith("the nearest that your filters allow") for c in few.tracks]
    assert any(far)
    assert marked == far
