"""The player on a real Mopidy with its MPD frontend."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.players.open_player import open_player
from tests.edge.players.server_processes import MopidyProcess
from tests.waiting import wait_for

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, music: Path) -> Iterator[MopidyProcess]:
    server = MopidyProcess(tmp_path_factory.mktemp("mopidy") / "server", music)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def mopidy(server: MopidyProcess) -> MopidyProcess:
    server.run(lambda client: (client.stop(), client.clear()))
    return server


def test_plays_local_media(mopidy):
    with open_player(kind="mpd", mpd=mopidy.address) as opened:
        opened.wait_for_library()
        assert opened.player.library.song_count == 63
        assert opened.player.library.matched_count == 60
        first = opened.play("happy")
        opened.wait_for_title(first[0])
        second = opened.play("sad")
        opened.wait_until_stable(
            lambda: len(mopidy.queue()) == 6, "one current and five new entries"
        )
        assert opened.title == first[0]
        mopidy.run(lambda client: client.next())
        opened.wait_for_title(second[0])
        opened.player.pause()
        wait_for(lambda: mopidy.status()["state"] == "pause", "it pauses")
        opened.player.resume()
        wait_for(lambda: mopidy.status()["state"] == "play", "it resumes")
    assert mopidy.queue() == []


def test_take_over_saves_the_external_queue_as_a_playlist(mopidy):
    uri = "local:track:unknown%200.flac"
    mopidy.run(lambda client: client.add(uri))
    with open_player(kind="mpd", mpd=mopidy.address) as opened:
        assert opened.wait_for_error("external_queue").startswith("1 songs in the queue")
        assert len(mopidy.queue()) == 1
    with open_player(kind="mpd", mpd=mopidy.address, take_over=True) as opened:
        wait_for(lambda: opened.player.library is not None, "the library")
        opened.wait_for_title(opened.play("happy")[0])
    names = [saved["playlist"] for saved in mopidy.run(lambda client: client.listplaylists())]
    assert len([name for name in names if name.startswith("before moodpi ")]) == 1


def test_plays_every_track_with_a_spotify_backend(tmp_path, music):
    server = MopidyProcess(tmp_path / "server", music, spotify=True)
    server.start()
    try:
        with open_player(kind="mpd", mpd=server.address) as opened:
            opened.wait_for_library()
            recommendation = opened.recommend("happy")
            opened.player.play(recommendation)
            opened.wait_for_title(recommendation.tracks[0].track.title)
            uris = [f"spotify:track:{choice.track.id}" for choice in recommendation.tracks]
            assert server.queue() == uris
    finally:
        server.kill()
