"""The player on a real MPD: queue, external control, restarts and errors."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.config.settings import PlayerSettings
from edge.players.server_player import ServerPlayer
from tests.edge.players.open_player import open_mpd_player, open_player
from tests.edge.players.server_processes import PORT_OUTPUT, MpdProcess
from tests.waiting import wait_for

MpdServer = pytest.importorskip("edge.players.mpd_player", reason="needs moodpi[mpd]").MpdServer

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, music: Path) -> Iterator[MpdProcess]:
    server = MpdProcess(tmp_path_factory.mktemp("mpd") / "server", music)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def mpd(server: MpdProcess) -> MpdProcess:
    """A server with an empty queue, random playback and a cross-fade of one second."""
    server.run(lambda client: (client.stop(), client.clear(), client.random(1), client.repeat(0)))
    server.run(lambda client: client.crossfade(1))
    return server


def seek_to_end(server: MpdProcess) -> None:
    """Seek to half a second before the end of the current song."""
    server.run(lambda client: client.seekcur(float(client.status()["duration"]) - 0.5))


def test_plays_in_order_and_needs_tracks_during_the_last_one(mpd):
    with open_mpd_player(mpd) as opened:
        opened.wait_for_library()
        titles = opened.play("happy")
        opened.wait_for_title(titles[0])
        for title in titles[1:]:
            assert not opened.state.needs_tracks
            mpd.run(lambda client: client.next())
            opened.wait_for_title(title)
        wait_for(lambda: opened.state.needs_tracks, "it needs tracks")
        more = opened.play("happy", seed=2)
        assert opened.title == titles[-1]
        seek_to_end(mpd)
        opened.wait_for_title(more[0])


def test_new_tracks_start_after_the_current_track(mpd):
    with open_mpd_player(mpd) as opened:
        opened.wait_for_library()
        first = opened.play("happy")
        opened.wait_for_title(first[0])
        second = opened.play("sad")
        opened.wait_until_stable(lambda: len(mpd.queue()) == 6, "one current and five new entries")
        assert opened.title == first[0]
        seek_to_end(mpd)
        opened.wait_for_title(second[0])


@pytest.mark.parametrize("now", [{"change": "now"}, {}])
def test_new_tracks_interrupt_with_change_now_or_on_request(now, mpd):
    with open_mpd_player(mpd, **now) as opened:
        opened.wait_for_library()
        opened.wait_for_title(opened.play("happy")[0])
        opened.wait_for_title(opened.play("sad", interrupt=not now)[0])
        wait_for(lambda: len(mpd.queue()) == 5, "the first tracks are removed")


def test_restores_the_options_of_the_server(mpd, state_folder):
    with open_mpd_player(mpd, crossfade=4.0) as opened:
        opened.wait_for_library()
        opened.wait_for_title(opened.play("happy")[0])
        during = mpd.status()
        assert (during["xfade"], during["random"]) == ("4", "0")
    after = mpd.status()
    assert (after["xfade"], after["random"], after["state"]) == ("1", "1", "stop")
    assert mpd.queue() == []
    assert not (state_folder / "server-state.json").exists()


def test_without_a_crossfade_setting_the_servers_one_stays(mpd):
    with open_mpd_player(mpd, crossfade=0.0) as opened:
        opened.wait_for_library()
        opened.wait_for_title(opened.play("happy")[0])
        assert mpd.status()["xfade"] == "1"


def test_leaves_an_external_queue_alone(mpd):
    mpd.run(lambda client: (client.add("unknown 0.flac"), client.add("unknown 1.flac")))
    mpd.run(lambda client: client.play(1))
    with open_mpd_player(mpd) as opened:
        message = opened.wait_for_error("external_queue")
        assert message.startswith(f"2 songs in the queue of MPD at {mpd.address}")
        assert message.endswith("set player.take_over")
        opened.play("happy")
        opened.player.pause()
        opened.player.resume()
        opened.wait_for_updates()
        assert opened.state.error_code == "external_queue"
        assert mpd.queue() == ["unknown 0.flac", "unknown 1.flac"]
        status = mpd.status()
        assert (status["state"], status["song"], status["xfade"]) == ("play", "1", "1")
        titles = opened.play("sad")
        mpd.run(lambda client: client.clear())
        opened.wait_for_title(titles[0])


def test_take_over_saves_the_external_queue_as_a_playlist(mpd):
    mpd.run(lambda client: (client.add("unknown 0.flac"), client.add("unknown 1.flac")))
    mpd.run(lambda client: client.play(0))
    with open_mpd_player(mpd, take_over=True) as opened:
        opened.wait_for_error("external_queue")
        titles = opened.play("happy")
        opened.wait_until_stable(lambda: len(mpd.queue()) == 6, "one external and five new entries")
        seek_to_end(mpd)
        opened.wait_for_title(titles[0])
    (saved,) = mpd.run(lambda client: client.listplaylists())
    assert saved["playlist"].startswith("before moodpi ")
    uris = mpd.run(lambda client: client.listplaylist(saved["playlist"]))
    assert uris == ["unknown 0.flac", "unknown 1.flac"]
    mpd.run(lambda client: client.rm(saved["playlist"]))


def test_releases_a_queue_with_an_external_entry(mpd):
    with open_mpd_player(mpd) as opened:
        opened.wait_for_library()
        opened.wait_for_title(opened.play("happy")[0])
        mpd.run(lambda client: client.add("unknown 0.flac"))
        assert opened.wait_for_error("external_queue").startswith("1 songs")
        assert (mpd.status()["xfade"], mpd.status()["random"]) == ("1", "1")
        opened.play("sad", interrupt=True)
        opened.wait_for_updates()
        assert opened.state.error_code == "external_queue"
    assert len(mpd.queue()) == 6
    assert mpd.status()["state"] == "play"


@pytest.mark.parametrize("playback", ["pause", "stop"])
def test_an_external_pause_lasts_until_playback_resumes(playback, mpd):
    with open_mpd_player(mpd) as opened:
        opened.wait_for_library()
        first = opened.play("happy")
        opened.wait_for_title(first[0])
        mpd.run(lambda client: client.pause(1) if playback == "pause" else client.stop())
        wait_for(lambda: opened.state.paused_externally, "the external pause is detected")
        second = opened.play("sad")
        opened.player.pause()
        opened.player.resume()
        opened.wait_for_updates()
        assert mpd.status()["state"] == playback
        mpd.run(lambda client: client.play())
        opened.wait_for_title(first[0])
        opened.wait_until_stable(lambda: len(mpd.queue()) == 6, "the new tracks are queued")
        assert opened.title == first[0]
        seek_to_end(mpd)
        opened.wait_for_title(second[0])


def test_a_requested_resume_ends_an_external_pause(mpd):
    with open_mpd_player(mpd) as opened:
        opened.wait_for_library()
        opened.wait_for_title(opened.play("happy")[0])
        mpd.run(lambda client: client.pause(1))
        wait_for(lambda: opened.state.paused_externally, "the external pause is detected")
        opened.player.resume(requested=True)
        wait_for(lambda: mpd.status()["state"] == "play", "it plays")


def test_resumes_at_the_position_of_the_pause(mpd):
    with open_mpd_player(mpd) as opened:
        opened.wait_for_library()
        titles = opened.play("happy")
        opened.wait_for_title(titles[0])
        opened.player.pause()
        wait_for(lambda: mpd.status()["state"] == "pause", "it pauses")
        assert opened.title == titles[0]
        opened.player.resume()
        wait_for(lambda: mpd.status()["state"] == "play", "it resumes")
        assert mpd.status()["song"] == "0"


def test_an_external_resume_overrides_a_pause(mpd):
    with open_mpd_player(mpd) as opened:
        opened.wait_for_library()
        opened.wait_for_title(opened.play("happy")[0])
        opened.player.pause()
        wait_for(lambda: mpd.status()["state"] == "pause", "it pauses")
        mpd.run(lambda client: client.pause(0))
        opened.wait_for_updates()
        assert mpd.status()["state"] == "play"


def test_removes_excluded_tracks_and_skips_the_current_one(mpd):
    with open_mpd_player(mpd) as opened:
        opened.wait_for_library()
        recommendation = opened.recommend("happy")
        opened.player.play(recommendation)
        opened.wait_for_title(recommendation.tracks[0].track.title)
        opened.player.remove(frozenset(recommendation.tracks[n].track.id for n in (0, 2)))
        opened.wait_for_title(recommendation.tracks[1].track.title)
        wait_for(lambda: len(mpd.queue()) == 3, "two tracks are removed")


def test_a_cleared_queue_stays_empty_until_the_next_request(mpd):
    with open_mpd_player(mpd) as opened:
        opened.wait_for_library()
        opened.wait_for_title(opened.play("happy")[0])
        mpd.run(lambda client: client.clear())
        wait_for(lambda: opened.title is None, "no track plays")
        assert not opened.state.needs_tracks
        opened.wait_for_title(opened.play("sad")[0])


def test_connects_to_a_server_that_starts_later(tmp_path, music):
    server = MpdProcess(tmp_path / "server", music)
    try:
        with open_mpd_player(server) as opened:
            message = opened.wait_for_error("server_unreachable")
            assert server.address in message
            assert "Connection refused" in message
            server.start()
            opened.wait_for_library()
            opened.wait_for_title(opened.play("happy")[0])
    finally:
        server.kill()


def test_continues_after_a_restart_of_the_server(tmp_path, music):
    server = MpdProcess(tmp_path / "server", music)
    server.start()
    try:
        with open_mpd_player(server) as opened:
            opened.wait_for_library()
            titles = opened.play("happy")
            opened.wait_for_title(titles[0])
            server.kill()
            opened.wait_for_error("server_unreachable")
            assert opened.title is None
            server.start()
            # The interrupted track is not repeated.
            opened.wait_for_title(titles[1])
            opened.wait_until_well()
    finally:
        server.kill()


def test_plays_when_a_missing_sound_card_is_available_again(tmp_path, music):
    server = MpdProcess(tmp_path / "server", music)
    configuration = server.folder / "server.conf"
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        output = PORT_OUTPUT.format(port=occupied.getsockname()[1])
        configuration.write_text(configuration.read_text().replace('type "null"', output))
        server.start()
        try:
            player = ServerPlayer(
                PlayerSettings(kind="mpd"), None, MpdServer(server.address), retry_delays=(1.0, 2.0)
            )
            with open_player(player) as opened:
                opened.wait_for_library()
                opened.play("happy")
                message = opened.wait_for_error("playback_failed")
                assert message.startswith(f"MPD at {server.address} cannot play: Failed to enable")
                titles = opened.play("sad", interrupt=True)
                for _ in range(3):
                    opened.wait_for_updates()
                    assert opened.state.error_code == "playback_failed"
                occupied.close()
                opened.wait_for_title(titles[0])
                opened.wait_until_well()
        finally:
            server.kill()


def test_sends_the_password_and_reports_a_wrong_one(tmp_path, music):
    server = MpdProcess(tmp_path / "server", music)
    configuration = server.folder / "server.conf"
    permissions = 'password "open@read,add,control,admin"\ndefault_permissions "read"\n'
    configuration.write_text(configuration.read_text() + permissions)
    server.start()
    try:
        with open_mpd_player(server, mpd_password="open") as opened:  # noqa: S106
            opened.wait_for_library()
            opened.wait_for_title(opened.play("happy")[0])
        with open_mpd_player(server, mpd_password="shut") as opened:  # noqa: S106
            assert "incorrect password" in opened.wait_for_error("server_refused")
        with open_mpd_player(server) as opened:
            opened.wait_for_library()
            opened.play("happy")
            assert "set player.mpd_password" in opened.wait_for_error("server_refused")
    finally:
        server.kill()


def test_a_track_that_is_excluded_in_a_pause_leaves_the_others(mpd):
    with open_mpd_player(mpd) as opened:
        opened.wait_for_library()
        titles = opened.play("happy")
        opened.wait_for_title(titles[0])
        first = opened.state.playing
        opened.player.pause()
        wait_for(lambda: mpd.run(lambda client: client.status()["state"]) == "pause", "a pause")
        opened.player.remove(frozenset({first.track.id}))
        wait_for(lambda: len(mpd.run(lambda client: client.playlistinfo())) == 4, "its removal")
        opened.player.resume()
        opened.wait_for_title(titles[1])
