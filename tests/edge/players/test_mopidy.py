"""The player on a real Mopidy with its MPD front end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.players.servers import Mopidy
from tests.edge.players.stage import SOON, stage
from tests.waiting import wait_for


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, music: Path) -> Iterator[Mopidy]:
    server = Mopidy(tmp_path_factory.mktemp("mopidy") / "room", music)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def mopidy(server: Mopidy) -> Mopidy:
    server.ask(lambda client: (client.stop(), client.clear()))
    return server


def test_its_local_media_are_played_one_mood_after_the_other(mopidy):
    with stage(kind="mpd", mpd=mopidy.address) as played:
        played.known()
        assert played.player.library.songs == 63
        assert played.player.library.known == 60
        first = played.play("happy")
        played.hears(first[0])
        second = played.play("sad")
        played.comes_to(lambda: len(mopidy.queue()) == 6, "one song is left, five are new")
        assert played.title == first[0]
        mopidy.ask(lambda client: client.next())
        played.hears(second[0])
        played.player.pause()
        wait_for(lambda: mopidy.status()["state"] == "pause", "it pauses", SOON)
        played.player.resume()
        wait_for(lambda: mopidy.status()["state"] == "play", "it goes on", SOON)
    assert mopidy.queue() == []


def test_its_owners_queue_is_saved_before_it_is_taken_over(mopidy):
    uri = "local:track:unknown%200.flac"
    mopidy.ask(lambda client: client.add(uri))
    with stage(kind="mpd", mpd=mopidy.address) as left_alone:
        left_alone.trouble("1 songs in the queue")
        assert len(mopidy.queue()) == 1
    with stage(kind="mpd", mpd=mopidy.address, take_over=True) as played:
        wait_for(lambda: played.player.library is not None, "the songs", SOON)
        played.hears(played.play("happy")[0])
    names = [kept["playlist"] for kept in mopidy.ask(lambda client: client.listplaylists())]
    assert len([name for name in names if name.startswith("before moodpi ")]) == 1


def test_with_spotifys_scheme_everything_can_be_played(tmp_path, music):
    server = Mopidy(tmp_path / "room", music, spotify=True)
    server.start()
    try:
        with stage(kind="mpd", mpd=server.address) as played:
            played.known()
            chosen = played.choose("happy")
            played.player.play(chosen)
            played.hears(chosen.tracks[0].track.title)
            uris = [f"spotify:track:{choice.track.id}" for choice in chosen.tracks]
            assert server.queue() == uris
    finally:
        server.kill()
