"""The songs of a real MPD: those that the catalogue knows, own ones, and a library that changes."""

from __future__ import annotations

import shutil

import pytest

from catalog.own_songs import OwnSong, OwnSongs, own_songs_file
from models.emotions import EMOTIONS
from tests.edge.players.audio_files import sample_tracks, write_music
from tests.edge.players.open_player import open_mpd_player, open_player
from tests.edge.players.server_processes import MpdProcess
from tests.waiting import wait_for

pytest.importorskip("edge.players.mpd_player", reason="needs moodpi[mpd]")

pytestmark = pytest.mark.system


def test_recommends_five_of_500_local_songs_for_every_emotion(tmp_path, silent):
    write_music(tmp_path / "music", silent, sample_tracks(500, seed=3), unknown=25)
    server = MpdProcess(tmp_path / "server", tmp_path / "music")
    try:
        server.start()
        with open_mpd_player(server) as opened:
            opened.wait_for_library()
            library = opened.player.library
            assert library.song_count == 525
            assert 495 <= library.matched_count <= 500
            for emotion in EMOTIONS:
                uris = {library.uris[c.track.id] for c in opened.recommend(emotion).tracks}
                assert len(uris) == 5
                assert all((tmp_path / "music" / uri).is_file() for uri in uris)
    finally:
        server.kill()


@pytest.mark.parametrize("is_local", [True, False])
def test_plays_analyzed_songs_that_the_catalogue_does_not_know(is_local, tmp_path, silent):
    music = tmp_path / "music"
    paths = [music / "Bright Song.flac", music / "Nobody" / "Album" / "02 Sunny.flac"]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(silent["flac"], path)
    gone = OwnSong(str(music / "Gone.flac"), "Gone", "", 0.6, 0.6)
    songs = [OwnSong(str(path), path.stem, "", 0.6, 0.6) for path in paths]
    OwnSongs([*songs, gone], (0.8, 0.7)).write(own_songs_file())
    server = MpdProcess(tmp_path / "server", music)
    # MPD tells its music folder to clients of its local socket alone.
    address = f"@moodpi-test-{server.port}"
    with (server.folder / "server.conf").open("a") as file:
        file.write(f'bind_to_address "{address}"\n')
    folders = () if is_local else (str(tmp_path / "elsewhere"), str(music))
    try:
        server.start()
        with open_player(
            kind="mpd", mpd=address if is_local else server.address, music=folders
        ) as opened:
            opened.wait_for_library()
            titles = opened.play("happy")
            assert sorted(titles) == ["02 Sunny", "Bright Song"]
            opened.wait_for_title(titles[0])
            assert sorted(server.queue()) == ["Bright Song.flac", "Nobody/Album/02 Sunny.flac"]
    finally:
        server.kill()


def test_skips_a_deleted_song(tmp_path, music):
    shutil.copytree(music, tmp_path / "music")
    server = MpdProcess(tmp_path / "server", tmp_path / "music")
    server.start()
    try:
        with open_mpd_player(server) as opened:
            opened.wait_for_library()
            recommendation = opened.recommend("happy")
            deleted = opened.player.library.uris[recommendation.tracks[0].track.id]
            (tmp_path / "music" / deleted).unlink()
            server.run(lambda client: client.update())
            wait_for(lambda: "updating_db" not in server.status(), "the database is updated")
            opened.player.play(recommendation)
            opened.wait_for_title(recommendation.tracks[1].track.title)
    finally:
        server.kill()


def test_needs_new_tracks_after_a_restart_with_another_library(tmp_path, music, other_music):
    server = MpdProcess(tmp_path / "server", music)
    server.start()
    try:
        with open_mpd_player(server) as opened:
            opened.wait_for_library()
            opened.wait_for_title(opened.play("happy")[0])
            server.kill()
            server.configure(other_music)
            opened.wait_for_error("server_unreachable")
            server.start()
            wait_for(lambda: opened.state.needs_tracks, "it needs other tracks")
            # MPD may still be adding songs when its library is read for the first time.
            wait_for(lambda: opened.player.library.song_count == 30, "the other library is read")
            titles = opened.play("happy")
            opened.wait_for_title(titles[0])
            assert set(server.queue()) <= set(opened.player.library.uris.values())
    finally:
        server.kill()


def test_lists_the_songs_of_a_changed_library(tmp_path, silent):
    write_music(tmp_path / "music", silent, sample_tracks(10, seed=5))
    server = MpdProcess(tmp_path / "server", tmp_path / "music")
    server.start()
    try:
        with open_mpd_player(server) as opened:
            opened.wait_for_library()
            assert opened.player.library.song_count == 10
            write_music(tmp_path / "music" / "new", silent, sample_tracks(7, seed=6))
            server.run(lambda client: client.update())
            wait_for(lambda: opened.player.library.song_count == 17, "the new songs")
    finally:
        server.kill()
