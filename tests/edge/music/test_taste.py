"""What the model of a listener's taste learns, and what it does to a list."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from catalog.artists import credited, main_artist
from catalog.store import Catalog, Track
from edge.mood.affect import Affect
from edge.music.profile import Taste, Verdict
from edge.music.profile.store import Feedback
from edge.music.profile.words import words_on_artists, words_on_tracks
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
    return catalog.tracks(place for run in catalog.plane.runs_near(0.8, 0.5, 1000) for place in run)


def given(catalog: Catalog, taste: Taste | None = None) -> list[Track]:
    recommender = Recommender(catalog, taste=taste)
    affect = Affect.from_emotion("happy")
    return [c.track for seed in SEEDS for c in recommender.recommend(affect, seed=seed).tracks]


def word(track: Track, verdict: Verdict) -> Feedback:
    return Feedback(
        "track", track.id, track.title, verdict, 0.0, min(credited(track.artist), key=len),
        track.genre, track.decade, track.popularity, track.valence, track.arousal,
    )  # fmt: skip


def test_who_said_nothing_gets_what_anybody_gets(catalog) -> None:
    assert given(catalog, Taste()) == given(catalog)


def test_a_genre_liked_comes_more_and_one_skipped_less(catalog, happy) -> None:
    rock = [track for track in happy if track.genre == "rock"][:12]
    latin = [track for track in happy if track.genre == "latin"][:12]
    taste = Taste([word(t, Verdict.LIKE) for t in rock] + [word(t, Verdict.SKIP) for t in latin])
    before, after = (
        [t.genre for t in tracks] for tracks in (given(catalog), given(catalog, taste))
    )
    assert after.count("rock") > 1.5 * before.count("rock")
    assert after.count("latin") < 0.5 * before.count("latin")


def test_taste_never_takes_a_list_away_from_its_mood(catalog, happy) -> None:
    taste = Taste(word(track, Verdict.LIKE) for track in happy if track.genre == "rock")
    assert all(math.dist((t.valence, t.arousal), CIRCUMPLEX["happy"]) < 0.2
               for t in given(catalog, taste))  # fmt: skip


def test_an_artist_liked_is_liked_on_other_tracks(happy) -> None:
    track = happy[0]
    other = replace(track, id="another", title="Another", genre=None, decade=None)
    stranger = replace(other, artist="Somebody Else Entirely")
    taste = Taste([word(track, Verdict.LIKE)])
    assert taste.liking(track) > taste.liking(other) > taste.liking(stranger) >= 0.5


def test_more_words_make_surer_and_the_latest_are_not_everything(happy) -> None:
    rock = [track for track in happy if track.genre == "rock"][:21]
    *told, asked = rock
    few, many = (Taste(word(t, Verdict.LIKE) for t in told[:n]) for n in (2, 20))
    assert 0.5 < few.liking(asked) < many.liking(asked) < 1
    doubted = Taste([*(word(t, Verdict.LIKE) for t in told), word(told[0], Verdict.SKIP)])
    assert doubted.liking(asked) > few.liking(asked)


def test_a_ban_on_a_track_and_on_an_artist_is_final(catalog) -> None:
    tracks = given(catalog)
    track, other = tracks[0], tracks[7]
    artist = main_artist(catalog.credits(other.lead))
    words = words_on_tracks([track], Verdict.BAN, catalog) + words_on_artists([artist], Verdict.BAN)
    after = given(catalog, Taste(words))
    assert track.id not in {t.id for t in after}
    assert other.lead not in {t.lead for t in after}


def test_a_later_like_would_lift_a_ban(happy) -> None:
    assert Taste([word(happy[0], Verdict.BAN)]).refuses(happy[0])
    assert not Taste([word(happy[0], Verdict.LIKE)]).refuses(happy[0])


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_a_seed_repeats_with_a_taste_too(emotion, catalog, happy) -> None:
    recommender = Recommender(catalog, taste=Taste([word(happy[0], Verdict.LIKE)]))
    affect = Affect.from_emotion(emotion)
    assert recommender.recommend(affect, seed=5) == recommender.recommend(affect, seed=5)


def test_a_very_long_one_sided_story_stays_finite(happy) -> None:
    taste = Taste([word(t, Verdict.LIKE) for t in happy] + [word(happy[0], Verdict.SKIP)] * 50)
    assert all(0 <= taste.liking(track) <= 1 for track in happy)


@pytest.mark.parametrize(
    ("credit", "names"),
    [
        ("The Beatles", {"beatles"}),
        ("Drake, Rihanna", {"drake", "rihanna", "drake rihanna"}),
        ("Tyler, The Creator", {"tyler", "creator", "tyler the creator"}),
    ],
)
def test_a_credit_holds_each_of_its_names(credit, names) -> None:
    assert credited(credit) == names


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
    assert main_artist(spellings) == name
