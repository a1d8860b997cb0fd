"""The model of a listener's taste, and its effect on recommendations."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from catalog.artists import credited_artists, main_artist_name
from catalog.store import Catalog, Track
from edge.mood.affect import Affect
from edge.music.profile import Taste, Verdict
from edge.music.profile.feedback import feedback_for_artists, feedback_for_tracks
from edge.music.profile.store import Feedback
from edge.music.recommender import Recommender
from models.emotions import CIRCUMPLEX, EMOTIONS

SEEDS = range(30)


@pytest.fixture(scope="module")
def catalog():
    with Catalog.open() as opened:
        yield opened


@pytest.fixture(scope="module")
def happy(catalog) -> list[Track]:
    """The thousand tracks nearest to happy."""
    return catalog.tracks(
        rowid for cell in catalog.plane.nearest_cells(0.8, 0.5, 1000) for rowid in cell
    )


def recommended_tracks(catalog: Catalog, taste: Taste | None = None) -> list[Track]:
    recommender = Recommender(catalog, taste=taste)
    affect = Affect.from_emotion("happy")
    return [c.track for seed in SEEDS for c in recommender.recommend(affect, seed=seed).tracks]


def track_feedback(track: Track, verdict: Verdict) -> Feedback:
    return Feedback(
        "track", track.id, track.title, verdict, 0.0, min(credited_artists(track.artist), key=len),
        track.genre, track.decade, track.popularity, track.valence, track.arousal,
    )  # fmt: skip


def test_without_feedback_the_taste_changes_nothing(catalog) -> None:
    assert recommended_tracks(catalog, Taste()) == recommended_tracks(catalog)


def test_a_liked_genre_is_recommended_more_and_a_skipped_one_less(catalog, happy) -> None:
    rock = [track for track in happy if track.genre == "rock"][:12]
    latin = [track for track in happy if track.genre == "latin"][:12]
    taste = Taste(
        [track_feedback(t, Verdict.LIKE) for t in rock]
        + [track_feedback(t, Verdict.SKIP) for t in latin]
    )
    before, after = (
        [t.genre for t in tracks]
        for tracks in (recommended_tracks(catalog), recommended_tracks(catalog, taste))
    )
    assert after.count("rock") > 1.5 * before.count("rock")
    assert after.count("latin") < 0.5 * before.count("latin")


def test_the_taste_keeps_a_list_near_the_mood(catalog, happy) -> None:
    taste = Taste(track_feedback(track, Verdict.LIKE) for track in happy if track.genre == "rock")
    assert all(math.dist((t.valence, t.arousal), CIRCUMPLEX["happy"]) < 0.2
               for t in recommended_tracks(catalog, taste))  # fmt: skip


def test_a_liked_track_makes_other_tracks_of_the_artist_liked(happy) -> None:
    track = happy[0]
    other = replace(track, id="another", title="Another", genre=None, decade=None)
    stranger = replace(other, artist="Somebody Else Entirely")
    taste = Taste([track_feedback(track, Verdict.LIKE)])
    assert (
        taste.like_probability(track)
        > taste.like_probability(other)
        > taste.like_probability(stranger)
        >= 0.5
    )


def test_more_feedback_makes_a_prediction_more_certain(happy) -> None:
    rock = [track for track in happy if track.genre == "rock"][:21]
    *rated, unrated = rock
    few, many = (Taste(track_feedback(t, Verdict.LIKE) for t in rated[:n]) for n in (2, 20))
    assert 0.5 < few.like_probability(unrated) < many.like_probability(unrated) < 1
    doubted = Taste(
        [*(track_feedback(t, Verdict.LIKE) for t in rated), track_feedback(rated[0], Verdict.SKIP)]
    )
    assert doubted.like_probability(unrated) > few.like_probability(unrated)


def test_banned_tracks_and_artists_are_not_recommended(catalog) -> None:
    tracks = recommended_tracks(catalog)
    track, other = tracks[0], tracks[7]
    artist = main_artist_name(catalog.credits([other.artist_id])[other.artist_id])
    bans = feedback_for_tracks([track], Verdict.BAN, catalog) + feedback_for_artists(
        [artist], Verdict.BAN
    )
    after = recommended_tracks(catalog, Taste(bans))
    assert track.id not in {t.id for t in after}
    assert other.artist_id not in {t.artist_id for t in after}


def test_only_a_ban_bans_a_track(happy) -> None:
    assert Taste([track_feedback(happy[0], Verdict.BAN)]).bans(happy[0])
    assert not Taste([track_feedback(happy[0], Verdict.LIKE)]).bans(happy[0])


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_the_same_seed_gives_the_same_list_with_a_taste(emotion, catalog, happy) -> None:
    recommender = Recommender(catalog, taste=Taste([track_feedback(happy[0], Verdict.LIKE)]))
    affect = Affect.from_emotion(emotion)
    assert recommender.recommend(affect, seed=5) == recommender.recommend(affect, seed=5)


def test_probabilities_stay_valid_after_one_sided_feedback(happy) -> None:
    taste = Taste(
        [track_feedback(t, Verdict.LIKE) for t in happy]
        + [track_feedback(happy[0], Verdict.SKIP)] * 50
    )
    assert all(0 <= taste.like_probability(track) <= 1 for track in happy)


@pytest.mark.parametrize(
    ("credit", "names"),
    [
        ("The Beatles", {"beatles"}),
        ("Drake, Rihanna", {"drake", "rihanna", "drake rihanna"}),
        ("Tyler, The Creator", {"tyler", "creator", "tyler the creator"}),
    ],
)
def test_a_credit_names_each_of_its_artists(credit, names) -> None:
    assert credited_artists(credit) == names


@pytest.mark.parametrize(
    ("spellings", "name"),
    [
        (["Drake"], "Drake"),
        (["Drake, Rihanna", "Drake, Future"], "Drake"),
        (["Earth, Wind & Fire", "Earth, Wind & Fire, Somebody"], "Earth, Wind & Fire"),
        (["The Beatles", "Beatles"], "Beatles"),
    ],
)
def test_the_main_artist_is_what_all_credits_begin_with(spellings, name) -> None:
    assert main_artist_name(spellings) == name
