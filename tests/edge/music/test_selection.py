"""What is chosen over time: nothing twice, within bounds, from the catalogue as it is now."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from catalog.artists import credited
from catalog.reloading import ReloadingCatalog
from catalog.store import DEFAULT, Catalog
from edge.config.settings import RecommendSettings
from edge.mood.affect import Affect
from edge.music.profile import FileHistory, ListenerStore, Taste, TasteAlone, Verdict
from edge.music.profile.words import words_on_tracks
from edge.music.selection import TrackSelector
from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError

HAPPY = Affect.from_emotion("happy")


@pytest.fixture
def choosing(tmp_path):
    """Make a selection with a history over a catalogue, the shipped one unless named."""

    def make(catalog: Path | None = None, seed: int | None = None, **settings) -> TrackSelector:
        history = FileHistory(tmp_path / "listener.sqlite")
        return TrackSelector(
            ReloadingCatalog(catalog), history, RecommendSettings(**settings), seed
        )

    return make


@pytest.fixture
def copy(tmp_path) -> Path:
    return Path(shutil.copy(DEFAULT, tmp_path / "mine.sqlite"))


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
    return [choice.track.id for choice in recommendation.tracks]


@pytest.mark.parametrize("strategy", ["match", "lift", "journey"])
@pytest.mark.parametrize("emotion", EMOTIONS)
def test_twenty_lists_are_a_hundred_songs(emotion, strategy, choosing) -> None:
    selection = choosing(strategy=strategy)
    given = [i for _ in range(20) for i in ids(selection.choose(Affect.from_emotion(emotion)))]
    assert len(set(given)) == 100


def test_the_same_seed_brings_other_songs_the_next_time(choosing) -> None:
    first = ids(choosing(seed=1).choose(HAPPY))
    assert set(first).isdisjoint(ids(choosing(seed=1).choose(HAPPY)))


@pytest.mark.workstation
def test_a_track_comes_again_once_all_have_come_and_the_oldest_first(few, choosing) -> None:
    selection = choosing(few(12))
    lists = [ids(selection.choose(HAPPY)) for _ in range(5)]
    given = [identity for one in lists for identity in one]
    assert len(set(given[:12])) == 12
    assert given[10:12] + given[:13] == given[10:]


def test_a_used_up_neighbourhood_repeats_rather_than_drifts_away(choosing) -> None:
    selection = choosing(count=40)
    for _ in range(16):
        chosen = selection.choose(HAPPY)
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
def test_the_configurations_filters_are_heeded(settings, passes, strategy, choosing) -> None:
    selection = choosing(strategy=strategy, **settings)
    for emotion in EMOTIONS:
        chosen = selection.choose(Affect.from_emotion(emotion))
        assert len({choice.track.lead for choice in chosen.tracks}) == 5
        assert all(passes(choice.track) for choice in chosen.tracks)


def test_an_artist_left_out_does_not_come_even_as_a_guest(choosing) -> None:
    usual = [c.track for c in choosing(seed=3).choose(HAPPY).tracks]
    without = tuple(track.artist.upper() for track in usual)
    selection = TrackSelector(
        ReloadingCatalog(), TasteAlone(Taste()), RecommendSettings(excluded_artists=without), seed=3
    )
    chosen = selection.choose(HAPPY)
    left_out = {name for artist in without for name in credited(artist)}
    assert len(chosen.tracks) == 5
    assert all(left_out.isdisjoint(credited(c.track.artist)) for c in chosen.tracks)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"genres": ("rok",)},
            "only 0 of 5 tracks: no track has genre 'rok': did you mean 'rock'?",
        ),
        (
            {"year_from": 1950, "year_to": 1955},
            "tracks pass the filters: loosen recommend.year_from, recommend.year_to in the",
        ),
        ({"min_popularity": 100}, "loosen recommend.min_popularity in the configuration"),
    ],
)
def test_filters_that_leave_too_few_say_so(settings, said, choosing, caplog) -> None:
    chosen = choosing(**settings).choose(HAPPY)
    assert len(chosen.tracks) < 5
    (record,) = caplog.records
    assert said in record.getMessage()


@pytest.mark.workstation
def test_a_small_catalogue_says_that_it_is_small(few, choosing, caplog) -> None:
    assert len(choosing(few(3)).choose(HAPPY).tracks) == 3
    assert "only 3 of 5 tracks: the catalogue" in caplog.text


def test_a_ban_by_another_process_is_heeded_at_the_next_choice(choosing, tmp_path) -> None:
    selection = choosing(count=1, genres=("metal",), min_popularity=60)
    with Catalog.open() as catalog, ListenerStore.open(tmp_path / "listener.sqlite") as store:
        for _ in range(10):
            track = selection.choose(HAPPY).tracks[0].track
            store.judge(words_on_tracks([track], Verdict.BAN, catalog))
        store.forget_played()
        banned = {word.key for word in store.feedback()}
        given = {i for _ in range(30) for i in ids(selection.choose(HAPPY))}
    assert len(banned) == 10
    assert banned.isdisjoint(given)


@pytest.mark.workstation
def test_a_replaced_catalogue_is_taken_at_the_next_choice(few, copy, choosing) -> None:
    selection = choosing(copy)
    assert all(not i.startswith("000") for i in ids(selection.choose(HAPPY)))
    few(30).replace(copy)
    assert all(i.startswith("000") for i in ids(selection.choose(HAPPY)))


@pytest.mark.parametrize("content", [b"", b"half a file", DEFAULT.read_bytes()[:100_000]])
def test_a_replacement_that_is_no_good_leaves_the_old_one(content, copy, choosing, caplog) -> None:
    selection = choosing(copy)
    selection.choose(HAPPY)
    wrong = copy.with_name("wrong.sqlite")
    wrong.write_bytes(content)
    wrong.replace(copy)
    for _ in range(3):
        assert len(selection.choose(HAPPY).tracks) == 5
    (record,) = caplog.records
    assert "keeping the catalogue of before" in record.getMessage()


def test_a_catalogue_that_is_gone_for_a_while_is_taken_when_it_is_back(copy, choosing) -> None:
    selection = choosing(copy)
    hidden = copy.rename(copy.with_name("hidden.sqlite"))
    assert len(selection.choose(HAPPY).tracks) == 5
    hidden.rename(copy)
    assert len(selection.choose(HAPPY).tracks) == 5


def test_replacing_it_again_and_again_breaks_nothing(copy, choosing) -> None:
    selection = choosing(copy)
    for _ in range(20):
        shutil.copy(DEFAULT, copy.with_name("next.sqlite")).replace(copy)
        assert len(selection.choose(HAPPY).tracks) == 5


def test_no_catalogue_at_the_start_is_an_error(tmp_path) -> None:
    with pytest.raises(MoodpiError, match="no catalogue at"):
        ReloadingCatalog(tmp_path / "absent.sqlite")
