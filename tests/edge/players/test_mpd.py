"""The player on a real MPD: what is heard, its owner's rights, and MPD's ups and downs."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.players import server_player
from models.emotions import EMOTIONS
from tests.edge.players.servers import TO_A_PORT, Mpd
from tests.edge.players.shelf import draw, fill
from tests.edge.players.stage import SOON, Stage, stage
from tests.waiting import wait_for


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, music: Path) -> Iterator[Mpd]:
    server = Mpd(tmp_path_factory.mktemp("mpd") / "room", music)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def mpd(server: Mpd) -> Mpd:
    """A server as its owner would leave it: nothing queued, a cross-fade of one second."""
    server.ask(lambda client: (client.stop(), client.clear(), client.random(1), client.repeat(0)))
    server.ask(lambda client: client.crossfade(1))
    return server


def to_the_end(server: Mpd) -> None:
    """Almost: the owner moves on to where the song ends."""
    server.ask(lambda client: client.seekcur(float(client.status()["duration"]) - 0.5))


def playing(server: Mpd, **settings: object) -> Iterator[Stage]:
    return stage(kind="mpd", mpd=server.address, **settings)


def test_of_500_songs_five_of_five_are_known_for_every_emotion(tmp_path, silent):
    fill(tmp_path / "music", silent, draw(500, seed=3), unknown=25)
    server = Mpd(tmp_path / "room", tmp_path / "music")
    try:
        server.start()
        with playing(server) as played:
            played.known()
            library = played.player.library
            assert library.songs == 525
            assert 495 <= library.known <= 500
            for emotion in EMOTIONS:
                uris = {library.uris[c.track.id] for c in played.choose(emotion).tracks}
                assert len(uris) == 5
                assert all((tmp_path / "music" / uri).is_file() for uri in uris)
    finally:
        server.kill()


def test_a_list_is_played_in_its_order_and_more_is_wanted_in_its_last_song(mpd):
    with playing(mpd) as played:
        played.known()
        titles = played.play("happy")
        played.hears(titles[0])
        for title in titles[1:]:
            assert not played.state.needs_tracks
            mpd.ask(lambda client: client.next())
            played.hears(title)
        wait_for(lambda: played.state.needs_tracks, "more is wanted", SOON)
        more = played.play("happy", seed=2)
        assert played.title == titles[-1]
        to_the_end(mpd)
        played.hears(more[0])


def test_another_mood_waits_for_the_song_to_end(mpd):
    with playing(mpd) as played:
        played.known()
        first = played.play("happy")
        played.hears(first[0])
        second = played.play("sad")
        played.comes_to(lambda: len(mpd.queue()) == 6, "one song is left, five are new")
        assert played.title == first[0]
        to_the_end(mpd)
        played.hears(second[0])


@pytest.mark.parametrize("now", [{"change": "now"}, {}])
def test_now_or_asked_for_another_list_begins_at_once(now, mpd):
    with playing(mpd, **now) as played:
        played.known()
        played.hears(played.play("happy")[0])
        played.hears(played.play("sad", interrupt=not now)[0])
        wait_for(lambda: len(mpd.queue()) == 5, "the first list is gone", SOON)


def test_the_server_is_handed_back_as_it_was(mpd, state):
    with playing(mpd, crossfade=4.0) as played:
        played.known()
        played.hears(played.play("happy")[0])
        during = mpd.status()
        assert (during["xfade"], during["random"]) == ("4", "0")
    after = mpd.status()
    assert (after["xfade"], after["random"], after["state"]) == ("1", "1", "stop")
    assert mpd.queue() == []
    assert not (state / "hand-back.json").exists()


def test_without_a_crossfade_of_moodpis_the_owners_stays(mpd):
    with playing(mpd, crossfade=0.0) as played:
        played.known()
        played.hears(played.play("happy")[0])
        assert mpd.status()["xfade"] == "1"


def test_a_queue_that_its_owner_filled_is_never_touched(mpd):
    mpd.ask(lambda client: (client.add("unknown 0.flac"), client.add("unknown 1.flac")))
    mpd.ask(lambda client: client.play(1))
    with playing(mpd) as played:
        played.trouble(f"2 songs in the queue of MPD at {mpd.address} are not moodpi's")
        played.play("happy")
        played.player.pause()
        played.player.resume()
        played.trouble("set player.take_over")
        assert mpd.queue() == ["unknown 0.flac", "unknown 1.flac"]
        status = mpd.status()
        assert (status["state"], status["song"], status["xfade"]) == ("play", "1", "1")
        titles = played.play("sad")
        mpd.ask(lambda client: client.clear())
        played.hears(titles[0])


def test_with_take_over_it_is_saved_as_a_playlist_first(mpd):
    mpd.ask(lambda client: (client.add("unknown 0.flac"), client.add("unknown 1.flac")))
    mpd.ask(lambda client: client.play(0))
    with playing(mpd, take_over=True) as played:
        wait_for(lambda: played.state.error != "", "it is its owner's", SOON)
        titles = played.play("happy")
        played.comes_to(lambda: len(mpd.queue()) == 6, "the owner's song ends first")
        to_the_end(mpd)
        played.hears(titles[0])
    (saved,) = mpd.ask(lambda client: client.listplaylists())
    assert saved["playlist"].startswith("before moodpi ")
    kept = mpd.ask(lambda client: client.listplaylist(saved["playlist"]))
    assert kept == ["unknown 0.flac", "unknown 1.flac"]
    mpd.ask(lambda client: client.rm(saved["playlist"]))


def test_what_the_owner_adds_makes_the_queue_theirs(mpd):
    with playing(mpd) as played:
        played.known()
        played.hears(played.play("happy")[0])
        mpd.ask(lambda client: client.add("unknown 0.flac"))
        played.trouble("1 songs in the queue")
        assert (mpd.status()["xfade"], mpd.status()["random"]) == ("1", "1")
        played.play("sad", interrupt=True)
        played.trouble("1 songs in the queue")
    assert len(mpd.queue()) == 6
    assert mpd.status()["state"] == "play"


@pytest.mark.parametrize("how", ["pause", "stop"])
def test_what_the_owner_pauses_stays_so_until_they_go_on(how, mpd):
    with playing(mpd) as played:
        played.known()
        first = played.play("happy")
        played.hears(first[0])
        mpd.ask(lambda client: client.pause(1) if how == "pause" else client.stop())
        wait_for(lambda: played.state.paused_externally, "it is noticed", SOON)
        second = played.play("sad")
        played.player.pause()
        played.player.resume()
        played.turns()
        assert mpd.status()["state"] == how
        mpd.ask(lambda client: client.play())
        played.hears(first[0])
        played.comes_to(lambda: len(mpd.queue()) == 6, "the new list follows")
        assert played.title == first[0]
        to_the_end(mpd)
        played.hears(second[0])


def test_who_asks_moodpi_for_music_undoes_a_pause_at_the_server(mpd):
    with playing(mpd) as played:
        played.known()
        played.hears(played.play("happy")[0])
        mpd.ask(lambda client: client.pause(1))
        wait_for(lambda: played.state.paused_externally, "it is noticed", SOON)
        played.player.resume(requested=True)
        wait_for(lambda: mpd.status()["state"] == "play", "it plays", SOON)


def test_silence_pauses_and_its_end_goes_on_at_the_same_place(mpd):
    with playing(mpd) as played:
        played.known()
        titles = played.play("happy")
        played.hears(titles[0])
        played.player.pause()
        wait_for(lambda: mpd.status()["state"] == "pause", "it pauses", SOON)
        assert played.title == titles[0]
        played.player.resume()
        wait_for(lambda: mpd.status()["state"] == "play", "it goes on", SOON)
        assert mpd.status()["song"] == "0"


def test_whoever_plays_in_spite_of_the_silence_is_left_alone(mpd):
    with playing(mpd) as played:
        played.known()
        played.hears(played.play("happy")[0])
        played.player.pause()
        wait_for(lambda: mpd.status()["state"] == "pause", "it pauses", SOON)
        mpd.ask(lambda client: client.pause(0))
        played.turns()
        assert mpd.status()["state"] == "play"


def test_what_is_banned_is_skipped_and_leaves_the_queue(mpd):
    with playing(mpd) as played:
        played.known()
        chosen = played.choose("happy")
        played.player.play(chosen)
        played.hears(chosen.tracks[0].track.title)
        played.player.remove(frozenset(chosen.tracks[n].track.id for n in (0, 2)))
        played.hears(chosen.tracks[1].track.title)
        wait_for(lambda: len(mpd.queue()) == 3, "two are gone", SOON)


def test_a_cleared_queue_stays_silent_until_the_next_mood(mpd):
    with playing(mpd) as played:
        played.known()
        played.hears(played.play("happy")[0])
        mpd.ask(lambda client: client.clear())
        wait_for(lambda: played.title is None, "nothing is heard", SOON)
        assert not played.state.needs_tracks
        played.hears(played.play("sad")[0])


def test_a_song_that_was_deleted_meanwhile_is_left_out(tmp_path, music):
    shutil.copytree(music, tmp_path / "music")
    server = Mpd(tmp_path / "room", tmp_path / "music")
    server.start()
    try:
        with playing(server) as played:
            played.known()
            chosen = played.choose("happy")
            gone = played.player.library.uris[chosen.tracks[0].track.id]
            (tmp_path / "music" / gone).unlink()
            server.ask(lambda client: client.update())
            wait_for(lambda: "updating_db" not in server.status(), "MPD knows", SOON)
            played.player.play(chosen)
            played.hears(chosen.tracks[1].track.title)
    finally:
        server.kill()


def test_mpd_may_come_late_and_is_then_played_on(tmp_path, music):
    server = Mpd(tmp_path / "room", music)
    try:
        with playing(server) as played:
            played.trouble(f"MPD at {server.address} does not answer: Connection refused")
            server.start()
            played.known()
            played.hears(played.play("happy")[0])
    finally:
        server.kill()


def test_killed_in_mid_song_it_goes_on_when_it_is_back(tmp_path, music):
    server = Mpd(tmp_path / "room", music)
    server.start()
    try:
        with playing(server) as played:
            played.known()
            titles = played.play("happy")
            played.hears(titles[0])
            mpd_next = titles[1]
            server.kill()
            played.trouble("does not answer")
            assert played.title is None
            server.start()
            # What had begun counts as heard.
            played.hears(mpd_next)
            assert played.state.error == ""
    finally:
        server.kill()


def test_restarted_with_another_library_it_wants_tracks_out_of_that(tmp_path, music, other_music):
    server = Mpd(tmp_path / "room", music)
    server.start()
    try:
        with playing(server) as played:
            played.known()
            played.hears(played.play("happy")[0])
            server.kill()
            server.serve(other_music)
            played.trouble("does not answer")
            server.start()
            played.known()
            assert played.player.library.songs == 30
            titles = played.play("happy")
            played.hears(titles[0])
            assert set(server.queue()) <= set(played.player.library.uris.values())
    finally:
        server.kill()


def test_a_library_that_changes_is_listed_anew(tmp_path, silent):
    fill(tmp_path / "music", silent, draw(10, seed=5))
    server = Mpd(tmp_path / "room", tmp_path / "music")
    server.start()
    try:
        with playing(server) as played:
            played.known()
            assert played.player.library.songs == 10
            fill(tmp_path / "music" / "new", silent, draw(7, seed=6))
            server.ask(lambda client: client.update())
            wait_for(lambda: played.player.library.songs == 17, "the new songs", SOON)
    finally:
        server.kill()


def test_without_a_sound_card_it_is_told_and_played_once_there_is_one(tmp_path, music, monkeypatch):
    # Its last wait would be as long as a test waits for a turn.
    monkeypatch.setattr(server_player, "LONGEST_WAIT", 2.0)
    server = Mpd(tmp_path / "room", music)
    configuration = server.room / "server.conf"
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        output = TO_A_PORT.format(port=somebody.getsockname()[1])
        configuration.write_text(configuration.read_text().replace('type "null"', output))
        server.start()
        try:
            with playing(server) as played:
                played.known()
                played.play("happy")
                played.trouble(f"MPD at {server.address} cannot play: Failed to enable output")
                titles = played.play("sad", interrupt=True)
                for _ in range(3):
                    played.turns()
                    assert "cannot play" in played.state.error
                somebody.close()
                played.hears(titles[0])
                assert played.state.error == ""
        finally:
            server.kill()


def test_a_password_is_given_and_a_wrong_one_told(tmp_path, music):
    server = Mpd(tmp_path / "room", music)
    configuration = server.room / "server.conf"
    rights = 'password "open@read,add,control,admin"\ndefault_permissions "read"\n'
    configuration.write_text(configuration.read_text() + rights)
    server.start()
    try:
        with playing(server, mpd_password="open") as played:  # noqa: S106
            played.known()
            played.hears(played.play("happy")[0])
        with playing(server, mpd_password="shut") as played:  # noqa: S106
            played.trouble("incorrect password")
    finally:
        server.kill()
