"""Which side has changed: the stars of a music server, and the likes of the profile."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from catalog.store import Catalog, Track
from edge.music.profile import FileHistory, ProfileStore, Verdict
from edge.music.profile.feedback import feedback_for_tracks
from edge.music.profile.starred_likes import MAX_NEW_LIKES, MIN_LOST_STARS, exchange_stars
from edge.music.stars import Stars

ACCOUNT = "me@server"
LONG_AGO = 1e9


class Exchange:
    """A profile, and a server's stars by track id, which the test changes."""

    def __init__(self, store: ProfileStore, catalog: Catalog) -> None:
        self.store, self.catalog = store, catalog
        self.tracks = catalog.tracks(range(1, 301))
        self.times: dict[str, float] = {}

    def star(self, tracks: Iterable[Track], at: float | None = None) -> None:
        self.times |= {track.id: at or time.time() for track in tracks}

    def rate(self, tracks: Iterable[Track], verdict: Verdict) -> None:
        self.store.add_feedback(feedback_for_tracks([*tracks], verdict, self.catalog))

    def run(
        self,
        account: str = ACCOUNT,
        listed: Iterable[Track] | None = None,
        prefix: str = "subsonic:",
    ) -> dict[str, bool]:
        """Exchange once, and let the server do what is wanted."""
        listed = self.tracks if listed is None else listed
        stars = Stars(account, dict(self.times), {track.id: prefix + track.id for track in listed})
        wanted = dict(exchange_stars(self.store, self.catalog, stars))
        for track_id, starred in wanted.items():
            self.times.pop(track_id, None)
            if starred:
                self.times[track_id] = time.time()
        return wanted

    def verdicts(self) -> dict[str, Verdict]:
        return {item.key: item.verdict for item in self.store.feedback()}


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    with Catalog.open() as catalog, ProfileStore.open(tmp_path / "listener.sqlite") as store:
        yield Exchange(store, catalog)


def test_at_first_each_star_becomes_a_like_and_each_like_a_star(exchange):
    starred, liked = exchange.tracks[:3], exchange.tracks[3:5]
    exchange.star(starred, LONG_AGO)
    exchange.rate(liked, Verdict.LIKE)
    assert exchange.run() == {track.id: True for track in liked}
    assert exchange.verdicts() == {t.id: Verdict.LIKE for t in (*starred, *liked)}
    times = {item.key: item.time for item in exchange.store.feedback()}
    assert times[starred[0].id] == LONG_AGO
    assert exchange.run() == {}


def test_a_removed_star_takes_the_like_back(exchange):
    first, second = exchange.tracks[:2]
    exchange.star([first, second])
    exchange.run()
    del exchange.times[first.id]
    assert exchange.run() == {}
    assert exchange.verdicts() == {second.id: Verdict.LIKE}


def test_a_like_that_is_undone_before_its_star_is_known_is_undone_there_too(exchange):
    (track,) = exchange.tracks[:1]
    exchange.rate([track], Verdict.LIKE)
    exchange.run()
    exchange.rate([track], Verdict.SKIP)
    stars = Stars(ACCOUNT, exchange.times, {track.id: "subsonic:1"}, frozenset({track.id}))
    assert exchange_stars(exchange.store, exchange.catalog, stars) == {track.id: False}


def test_a_server_that_keeps_no_star_takes_no_like_back(exchange):
    (track,) = exchange.tracks[:1]
    exchange.rate([track], Verdict.LIKE)
    own = frozenset({track.id})
    stars = Stars(ACCOUNT, {track.id: time.time()}, {track.id: "subsonic:1"}, own)
    assert exchange_stars(exchange.store, exchange.catalog, stars) == {}
    assert exchange.run() == {track.id: True}
    assert exchange.verdicts() == {track.id: Verdict.LIKE}


@pytest.mark.parametrize("verdict", [Verdict.SKIP, Verdict.BAN])
def test_a_skip_or_ban_takes_the_star_back(exchange, verdict):
    (track,) = exchange.tracks[:1]
    exchange.rate([track], Verdict.LIKE)
    exchange.run()
    exchange.run()
    exchange.rate([track], verdict)
    assert exchange.run() == {track.id: False}
    assert exchange.run() == {}
    assert exchange.verdicts() == {track.id: verdict}
    exchange.star([track], time.time() + 1)
    exchange.run()
    assert exchange.verdicts() == {track.id: Verdict.LIKE}


def test_a_star_from_before_a_skip_changes_nothing(exchange):
    (track,) = exchange.tracks[:1]
    exchange.star([track], LONG_AGO)
    exchange.rate([track], Verdict.SKIP)
    assert exchange.run() == exchange.run() == {}
    assert exchange.times
    assert exchange.verdicts() == {track.id: Verdict.SKIP}


def test_a_song_that_the_server_does_not_list_keeps_its_like(exchange):
    first, second = exchange.tracks[:2]
    exchange.star([first, second])
    exchange.run()
    exchange.times.clear()
    assert exchange.run(listed=[second]) == {}
    assert exchange.verdicts() == {first.id: Verdict.LIKE}


def test_a_track_that_is_another_song_of_the_server_now_keeps_its_like(exchange):
    """A new album with the same song can come first, and a moved file is a new song."""
    (track,) = exchange.tracks[:1]
    exchange.star([track])
    exchange.run()
    exchange.times.clear()
    assert exchange.run(prefix="subsonic:new-") == {track.id: True}
    assert exchange.verdicts() == {track.id: Verdict.LIKE}
    assert exchange.run(prefix="subsonic:new-") == {}
    exchange.times.clear()
    assert exchange.run(prefix="subsonic:new-") == {}
    assert exchange.verdicts() == {}


def test_a_star_becomes_a_like_when_the_catalogue_gets_the_track(exchange, monkeypatch):
    (track,) = exchange.tracks[:1]
    exchange.star([track])
    with monkeypatch.context() as before:
        before.setattr(exchange.catalog, "find", lambda _: {})
        assert exchange.run() == {}
    assert exchange.verdicts() == {}
    exchange.run()
    assert exchange.verdicts() == {track.id: Verdict.LIKE}


def test_another_account_takes_no_like_back(exchange):
    first, second = exchange.tracks[:2]
    exchange.star([first])
    exchange.run()
    exchange.times.clear()
    exchange.star([second])
    assert exchange.run("you@server") == {first.id: True}
    assert set(exchange.verdicts()) == {first.id, second.id}


def test_a_server_that_has_lost_all_its_stars_gets_them_again(exchange):
    tracks = exchange.tracks[:MIN_LOST_STARS]
    exchange.star(tracks)
    exchange.run()
    exchange.times.clear()
    assert exchange.run() == {track.id: True for track in tracks}
    assert set(exchange.verdicts()) == {track.id for track in tracks}


def test_many_stars_are_taken_in_parts(exchange):
    exchange.star(exchange.tracks)
    exchange.run()
    assert len(exchange.verdicts()) == MAX_NEW_LIKES
    for _ in exchange.tracks[MAX_NEW_LIKES::MAX_NEW_LIKES]:
        exchange.run()
    assert len(exchange.verdicts()) == len(exchange.tracks)


def test_after_a_reset_of_the_taste_the_stars_are_likes_again(exchange):
    exchange.star(exchange.tracks[:2])
    exchange.run()
    exchange.store.clear_feedback()
    assert exchange.run() == {}
    assert len(exchange.verdicts()) == 2


def test_the_history_exchanges_only_changes(exchange, tmp_path):
    """Also with a file that cannot be written: it must not be opened each second."""
    first, second = exchange.tracks[:2]
    listed = {first.id: "subsonic:1", second.id: "subsonic:2"}
    stars = Stars(ACCOUNT, {first.id: LONG_AGO}, listed)
    with FileHistory(tmp_path / "listener.sqlite") as history:
        assert history.exchange_stars(stars, exchange.catalog) == {}
        exchange.rate([second], Verdict.LIKE)
        for _ in range(2):
            assert history.exchange_stars(stars, exchange.catalog) == {second.id: True}
        assert len(history.taste()) == 2
