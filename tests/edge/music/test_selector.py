"""The selector: no repeats, filters, bans, and a catalogue that is replaced."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from catalog.artists import credited_artists
from catalog.reloading import ReloadingCatalog
from catalog.store import DEFAULT_CATALOG, Catalog
from edge.config.settings import RecommendSettings
from edge.mood.affect import Affect
from edge.music.profile import FileHistory, NoHistory, ProfileStore, Taste, Verdict
from edge.music.profile.feedback import feedback_for_tracks, record_feedback
from edge.music.selector import TrackSelector
from models.emotions import EMOTIONS
from tests.raising import raises

HAPPY = Affect.from_emotion("happy")


@pytest.fixture
def make_selector(tmp_path):
    """Make a selector with a history, by default for the shipped catalogue."""

    def make(catalog: Path | None = None, seed: int | None = None, **settings) -> TrackSelector:
        history = FileHistory(tmp_path / "listener.sqlite")
        return TrackSelector(
            ReloadingCatalog(catalog), history, RecommendSettings(**settings), seed
        )

    return make


@pytest.fixture
def copy(tmp_path) -> Path:
    return Path(shutil.copy(DEFAULT_CATALOG, tmp_path / "mine.sqlite"))


@pytest.fixture
def few(tmp_path):
    """Build a catalogue of a few tracks, each of another artist."""
    pytest.importorskip("pandas")
    from catalog.building.build import build

    def make(tracks: int, name: str = "few.sqlite") -> Path:
        features = "danceability,energy,speechiness,acousticness,instrumentalness,liveness"
        lines = [f"id,name,artist,{features},valence,loudness,tempo"]
        lines += [
            f"{n:022},Song {n},Band {n},.5,{n / tracks},.1,.1,0,.1,{n / tracks},-7,120"
            for n in range(tracks)
        ]
        source = tmp_path / "few.csv"
        source.write_text("\n".join(lines))
        build([source], tmp_path / name)
        return tmp_path / name

    return make


def ids(recommendation) -> list[str]:
    return [item.track.id for item in recommendation.tracks]


@pytest.mark.parametrize("strategy", ["match", "lift", "journey"])
@pytest.mark.parametrize("emotion", EMOTIONS)
def test_twenty_lists_have_a_hundred_tracks(emotion, strategy, make_selector) -> None:
    selector = make_selector(strategy=strategy)
    selected = [i for _ in range(20) for i in ids(selector.select(Affect.from_emotion(emotion)))]
    assert len(set(selected)) == 100


def test_the_same_seed_gives_other_tracks_the_next_time(make_selector) -> None:
    first = ids(make_selector(seed=1).select_heard(HAPPY))
    assert set(first).isdisjoint(ids(make_selector(seed=1).select_heard(HAPPY)))


def test_a_list_that_was_not_heard_is_new_only_to_the_next_run(make_selector) -> None:
    selector = make_selector(seed=1)
    first, second = selector.select(HAPPY), selector.select(HAPPY)
    assert set(ids(first)).isdisjoint(ids(second))
    selector.add_heard(first.tracks[:1], "happy")
    again = ids(make_selector(seed=1).select(HAPPY))
    assert ids(first)[0] not in again
    assert set(ids(first)[1:]) & set(again)


def test_a_ban_by_another_process_is_known_at_once(make_selector, tmp_path) -> None:
    selector = make_selector()
    (first, second, *_) = selector.select(HAPPY).tracks
    assert not selector.bans()(first.track)
    with ProfileStore.open(tmp_path / "listener.sqlite") as other, Catalog.open() as catalog:
        record_feedback(other, catalog, Verdict.BAN, track="1")
    assert selector.bans()(first.track)
    assert not selector.bans()(second.track)


@pytest.mark.workstation
def test_after_all_tracks_were_played_the_oldest_is_repeated_first(few, make_selector) -> None:
    selector = make_selector(few(12))
    lists = [ids(selector.select(HAPPY)) for _ in range(5)]
    selected = [track_id for one in lists for track_id in one]
    assert len(set(selected[:12])) == 12
    assert selected[10:12] + selected[:13] == selected[10:]


def test_repeats_near_tracks_before_far_ones(make_selector) -> None:
    selector = make_selector(count=40)
    for _ in range(16):
        chosen = selector.select(HAPPY)
        assert len(chosen.tracks) == 40
        assert all(abs(c.track.valence - 0.8) < 0.5 for c in chosen.tracks)


@pytest.mark.parametrize(
    ("settings", "passes"),
    [
        ({"genres": ("Rock",)}, lambda t: t.genre == "rock"),
        ({"genres": ("country", "metal")}, lambda t: t.genre in ("country", "metal")),
        ({"year_from": 1980, "year_to": 1989}, lambda t: (t.year or t.decade) // 10 == 198),
        ({"min_popularity": 60}, lambda t: t.popularity >= 60),
        ({"explicit": False}, lambda t: not t.explicit),
    ],
)
@pytest.mark.parametrize("strategy", ["match", "journey"])
def test_the_filters_of_the_configuration_are_applied(
    settings, passes, strategy, make_selector
) -> None:
    selector = make_selector(strategy=strategy, **settings)
    for emotion in EMOTIONS:
        chosen = selector.select(Affect.from_emotion(emotion))
        assert len({item.track.artist_id for item in chosen.tracks}) == 5
        assert all(passes(item.track) for item in chosen.tracks)


def test_an_excluded_artist_is_not_recommended_even_as_a_guest(make_selector) -> None:
    default = [c.track for c in make_selector(seed=3).select(HAPPY).tracks]
    excluded = tuple(track.artist.upper() for track in default)
    selector = TrackSelector(
        ReloadingCatalog(), NoHistory(Taste()), RecommendSettings(excluded_artists=excluded), seed=3
    )
    chosen = selector.select(HAPPY)
    keys = {name for artist in excluded for name in credited_artists(artist)}
    assert len(chosen.tracks) == 5
    assert all(keys.isdisjoint(credited_artists(c.track.artist)) for c in chosen.tracks)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"genres": ("rok",)},
            "only 0 of 5 tracks: no track has the genre 'rok': did you mean 'rock'?",
        ),
        (
            {"year_from": 1950, "year_to": 1955},
            "tracks pass the filters: change recommend.year_from, recommend.year_to in the",
        ),
        ({"min_popularity": 100}, "change recommend.min_popularity in the configuration"),
    ],
)
def test_logs_filters_that_leave_too_few_tracks(settings, message, make_selector, caplog) -> None:
    chosen = make_selector(**settings).select(HAPPY)
    assert len(chosen.tracks) < 5
    (record,) = caplog.records
    assert message in record.getMessage()


def test_knows_a_genre_of_the_catalogue_in_any_case(copy, make_selector, caplog) -> None:
    with closing(sqlite3.connect(copy)) as database, database:
        database.execute("UPDATE genre SET name = 'Rock' WHERE name = 'rock'")
    selector = make_selector(copy, genres=("rock",), year_from=1950, year_to=1955)
    assert len(selector.select(HAPPY).tracks) < 5
    assert "pass the filters: change recommend.genres" in caplog.text


@pytest.mark.workstation
def test_logs_a_catalogue_with_too_few_tracks(few, make_selector, caplog) -> None:
    assert len(make_selector(few(3)).select(HAPPY).tracks) == 3
    assert "only 3 of 5 tracks: there are no others in the catalogue" in caplog.text


def test_a_ban_by_another_process_applies_to_the_next_selection(make_selector, tmp_path) -> None:
    selector = make_selector(count=1, genres=("metal",), min_popularity=60)
    with Catalog.open() as catalog, ProfileStore.open(tmp_path / "listener.sqlite") as store:
        for _ in range(10):
            track = selector.select(HAPPY).tracks[0].track
            store.add_feedback(feedback_for_tracks([track], Verdict.BAN, catalog))
        store.clear_played()
        banned = {item.key for item in store.feedback()}
        selected = {i for _ in range(30) for i in ids(selector.select(HAPPY))}
    assert len(banned) == 10
    assert banned.isdisjoint(selected)


@pytest.mark.workstation
def test_a_replaced_catalogue_is_used_for_the_next_selection(few, copy, make_selector) -> None:
    selector = make_selector(copy)
    assert all(not i.startswith("000") for i in ids(selector.select(HAPPY)))
    few(30).replace(copy)
    assert all(i.startswith("000") for i in ids(selector.select(HAPPY)))


@pytest.mark.parametrize("content", [b"", b"half a file", DEFAULT_CATALOG.read_bytes()[:100_000]])
def test_after_an_invalid_replacement_the_previous_catalogue_is_used(
    content, copy, make_selector, caplog
) -> None:
    selector = make_selector(copy)
    selector.select(HAPPY)
    wrong = copy.with_name("wrong.sqlite")
    wrong.write_bytes(content)
    wrong.replace(copy)
    for _ in range(3):
        assert len(selector.select(HAPPY).tracks) == 5
    (record,) = caplog.records
    assert "still using the previous catalogue" in record.getMessage()


def test_a_catalogue_that_is_missing_for_a_while_is_used_again(copy, make_selector) -> None:
    selector = make_selector(copy)
    hidden = copy.rename(copy.with_name("hidden.sqlite"))
    assert len(selector.select(HAPPY).tracks) == 5
    hidden.rename(copy)
    assert len(selector.select(HAPPY).tracks) == 5


def test_the_catalogue_can_be_replaced_many_times(copy, make_selector) -> None:
    selector = make_selector(copy)
    for _ in range(20):
        Path(shutil.copy(DEFAULT_CATALOG, copy.with_name("next.sqlite"))).replace(copy)
        assert len(selector.select(HAPPY).tracks) == 5


def test_a_missing_catalogue_at_the_start_is_an_error(tmp_path) -> None:
    with raises("no_such_file"):
        ReloadingCatalog(tmp_path / "absent.sqlite")


def test_an_unknown_genre_beside_a_known_one_is_named(make_selector, caplog) -> None:
    assert len(make_selector(genres=("pop", "metall"), seed=1).select(HAPPY).tracks) == 5
    (message,) = caplog.messages
    assert "'metall': did you mean 'metal'?" in message


@pytest.mark.parametrize(("popularity", "expected"), [(0, False), (1, True)])
def test_the_preference_of_the_configuration_is_applied(
    popularity, expected, make_selector
) -> None:
    chosen = make_selector(seed=1, popularity=popularity).select(Affect.from_emotion("sad"))
    assert all((item.track.popularity or 0) > 50 for item in chosen.tracks) == expected
