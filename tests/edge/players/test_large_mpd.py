"""A real MPD with a long queue and a large folder, whose limits are lower than the default ones."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.players.audio_files import sample_tracks, write_tags
from tests.edge.players.open_player import open_player
from tests.edge.players.server_processes import MpdProcess

pytest.importorskip("mpd", reason="needs moodpi[mpd]")

pytestmark = pytest.mark.system

SONGS = 2500
# In KB. All songs in one answer would have about twice this, a window of them has less than half.
LIMITS = f'max_output_buffer_size "512"\nmax_playlist_length "{SONGS}"\n'


@pytest.fixture(scope="module")
def mpd(tmp_path_factory: pytest.TempPathFactory, silent: dict[str, Path]) -> Iterator[MpdProcess]:
    """A server with one song under many names in one folder, and all of them in its queue."""
    folder = tmp_path_factory.mktemp("large")
    music = folder / "music"
    music.mkdir()
    (track,) = sample_tracks(1, seed=8)
    song = music / "0.flac"
    shutil.copy(silent["flac"], song)
    write_tags(song, track.title, [track.artist], album="A long name of an album " * 10)
    for number in range(1, SONGS):
        os.link(song, music / f"{number}.flac")
    server = MpdProcess(folder / "server", music)
    configuration = server.folder / "server.conf"
    configuration.write_text(configuration.read_text() + LIMITS)
    try:
        server.start()
        server.run(lambda client: client.add("/"))
        yield server
    finally:
        server.kill()


def test_the_server_hangs_up_on_all_songs_in_one_answer(mpd):
    with pytest.raises(mpd.client_kind.ConnectionError):
        mpd.run(lambda client: client.lsinfo("/"))


def test_reads_the_whole_library_and_the_whole_queue(mpd):
    with open_player(kind="mpd", mpd=mpd.address) as opened:
        message = opened.wait_for_error("external_queue")
        assert message.startswith(f"{SONGS} songs in the queue")
        library = opened.player.library
        assert (library.song_count, library.matched_count) == (SONGS, SONGS)


def test_a_full_queue_is_named_with_its_limit(mpd):
    with open_player(kind="mpd", mpd=mpd.address, take_over=True) as opened:
        opened.wait_for_error("external_queue")
        mpd.run(lambda client: client.play(0))
        opened.play("happy")
        assert "max_playlist_length" in opened.wait_for_error("queue_full")
    assert int(mpd.status()["playlistlength"]) == SONGS
