"""Talking to a daemon that runs: a real one, on a network camera that shows the portrait."""

from __future__ import annotations

import json
import queue
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.frontends.control import EventStream, send_command
from moodpi.errors import MoodpiError
from tests.edge.portrait_camera import Sitter, portrait_camera
from tests.edge.room import HASTY, Room
from tests.waiting import wait_for


def ids(standing: dict[str, Any]) -> list[str]:
    return [track["id"] for track in standing["tracks"]["tracks"]]


@pytest.fixture(scope="module")
def sitter(tmp_path_factory: pytest.TempPathFactory, portrait: Path) -> Sitter:
    return Sitter(tmp_path_factory.mktemp("sitter"), portrait)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, sitter: Sitter) -> Iterator[Room]:
    with (
        portrait_camera(sitter.picture) as url,
        Room(tmp_path_factory.mktemp("r"), url, HASTY) as room,
    ):
        yield room


@pytest.fixture
def heard(room: Room, monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """What the daemon says from now on."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", room.variables["XDG_RUNTIME_DIR"])
    heard = Heard()
    with EventStream(heard.put):
        yield heard


class Heard(queue.SimpleQueue):
    """What was said and not yet looked at."""

    def until(self, event: str, **fields: Any) -> dict[str, Any]:
        """The next of that kind with those fields; what came before it is passed over."""
        while True:
            said = self.get(timeout=20)
            if said["event"] == event and fields.items() <= said.items():
                return said


def test_status_tells_mood_presence_tracks_and_counts(room: Room) -> None:
    standing = room.status()
    assert standing["mood"]["emotion"] == "happy"
    assert standing["presence"]["present"] is True
    assert len(ids(standing)) == 5
    assert standing["frames"] > 0
    assert standing["paused"] is False
    _, said, _ = room.ask("status")
    assert "Somebody in view" in said
    assert "happy" in said
    assert "  5. " in said


def test_next_brings_other_tracks_for_the_same_mood(room: Room) -> None:
    before = ids(room.status())
    assert not set(ids(room.status("next"))) & set(before)


def test_pause_and_resume_are_remembered(room: Room) -> None:
    assert room.status("pause")["paused"] is True
    assert room.status()["paused"] is True
    assert room.status("resume")["paused"] is False


def test_feedback_goes_through_the_daemon_and_counts_at_once(room: Room) -> None:
    tracks = room.status("next")["tracks"]["tracks"]
    code, said, wrong = room.ask("ban", "2")
    assert (code, said) == (0, f"banned: {tracks[1]['title']} - {tracks[1]['artist']}\n"), wrong
    code, said, wrong = room.ask("like", "--json")
    assert code == 0, wrong
    assert len(json.loads(said)) == 4
    assert wrong.startswith(f"still banned: {tracks[1]['title']}")
    code, said, _ = room.ask("skip", "--artist", tracks[0]["artist"])
    assert (code, said) == (0, f"skipped: every track of {tracks[0]['artist']}\n")


def test_whose_taste_is_asked_for_is_the_daemons(room: Room, tmp_path: Path) -> None:
    # Somebody else's home, as that of whoever talks to the machine's service.
    asking = {**room.variables, "HOME": str(tmp_path)}

    def taste(*options: str) -> dict[str, Any]:
        code, said, wrong = room.ask("taste", "--json", *options, variables=asking)
        assert code == 0, wrong
        answer: dict[str, Any] = json.loads(said)
        return answer

    room.ask("like", "1")
    before = taste()
    assert before["path"] == f"{room.variables['HOME']}/.local/state/moodpi/listener.sqlite"
    assert before["likes"] > 0
    assert before["played"] >= 5
    assert before["learned"]
    after = taste("--reset")
    assert (after["likes"], after["skips"], after["banned"], after["learned"]) == (0, 0, [], {})
    assert after["played"] == before["played"]
    assert taste("--forget-played")["played"] == 0
    assert not (tmp_path / ".local").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["like", "7"], "'7' is not a track: expected its id"),
        (["ban", "--artist", "No Such Artist Anywhere"], "no artist 'No Such Artist Anywhere'"),
        (["like", "1", "--catalog", "mine.sqlite"], "leave out --catalog and --config"),
    ],
)
def test_feedback_that_means_nothing_is_one_line(room: Room, arguments, said) -> None:
    code, out, wrong = room.ask(*arguments)
    assert (code != 0, out, wrong.count("\n")) == (True, "", 1)
    assert said in wrong


def test_the_strategy_can_be_changed_and_brings_other_tracks(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(room.socket.parents[1]))
    before = send_command("next")  # played just now: another test has what was played forgotten
    after = send_command("strategy", strategy="journey")
    assert after["tracks"]["strategy"] == "journey"
    assert not set(ids(after)) & set(ids(before))
    with pytest.raises(MoodpiError, match="did you mean 'match'"):
        send_command("strategy", strategy="mach")
    send_command("strategy", strategy="match")


def test_the_socket_is_for_user_and_group_alone(room: Room) -> None:
    assert stat.S_IMODE(room.socket.stat().st_mode) == 0o660


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"no json\n",
        b"[]\n",
        b'{"command": "sing"}\n',
        b'{"command": [1]}\n',
        b'{"command": "feedback"}\n',
        b'{"command": "feedback", "verdict": "adore", "track": "1"}\n',
        b'{"command": "feedback", "verdict": "like", "track": 1}\n',
        b'{"command": "feedback", "verdict": "like", "artist": "nobody at all"}\n',
        b'{"command": "feedback", "verdict": "like", "artist": true}\n',
        b'{"command": "feedback", "verdict": "like", "artist": "Queen", "track": "1"}\n',
        b'{"command": "pause", "seconds": "3"}\n',
        b'{"command": "taste", "forget": 1}\n',
        b'{"command": "taste", "forget": ["everything", []]}\n',
        b'{"command": "strategy", "strategy": {}}\n',
        b"x" * 5000,
    ],
)
def test_whatever_is_sent_the_daemon_lives(room: Room, line: bytes) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(room.socket))
        connection.sendall(line)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").readline()
    assert "error" in json.loads(answer)
    assert room.status()["frames"] > 0


def test_who_asks_and_says_nothing_keeps_nobody_waiting(room: Room) -> None:
    idle = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(20)]
    for connection in idle:
        connection.connect(str(room.socket))
    assert room.status()["frames"] > 0
    for connection in idle:
        connection.close()


def test_who_listens_hears_the_status_first_with_the_last_hours_course(heard: Heard) -> None:
    first = heard.get(timeout=20)
    assert first["event"] == "status"
    assert first["mood"]["emotion"] == "happy"
    assert len(first["tracks"]["tracks"]) == 5
    kinds = [event["event"] for event in first["history"]]
    assert kinds[:2] == ["presence", "mood"]
    assert first["history"][0]["present"] is True


def test_who_listens_hears_what_happens_and_how_it_stands_then(
    room: Room, sitter: Sitter, heard: Heard
) -> None:
    heard.until("status")
    sitter.frown()
    mood = heard.until("mood")
    assert mood["emotion"] != "happy"
    sitter.leave()
    assert heard.until("presence")["present"] is False
    empty = heard.until("status")
    assert (empty["presence"]["present"], empty["mood"], empty["tracks"]) == (False, None, None)
    sitter.smile()
    heard.until("mood", emotion="happy")
    tracks = heard.until("tracks")
    assert heard.until("status")["tracks"] == tracks
    room.status("next")
    assert heard.until("tracks")["tracks"] != tracks["tracks"]


def test_a_listener_who_does_not_read_is_hung_up_on_and_delays_nobody(room: Room) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        deaf.connect(str(room.socket))
        deaf.sendall(b'{"command": "events"}\n')
        before = room.status()["frames"]
        wait_for(lambda: room.status()["frames"] > before + 5, "five frames more")


def test_more_listeners_than_there_are_threads_for_are_refused(room: Room) -> None:
    connections = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(17)]
    first = []
    for connection in connections:
        connection.settimeout(20)
        connection.connect(str(room.socket))
        connection.sendall(b'{"command": "events"}\n')
        first.append(json.loads(connection.makefile("rb").readline()))
    assert "error" not in first[0]
    assert first[16]["code"] == "too_many_subscribers"
    for connection in connections:
        connection.close()
    assert room.status()["frames"] > 0


def test_a_second_daemon_is_refused(room: Room) -> None:
    code, _, wrong = room.ask("run", "--source", "http://127.0.0.1:9/none")
    assert code == 1
    assert wrong.startswith(f"moodpi: moodpi is already running and listens at {room.socket}")
    assert room.status()["frames"] > 0


def test_sighup_takes_a_changed_configuration_and_refuses_a_wrong_one(room: Room) -> None:
    room.configuration.write_text("[recommend]\ncount = 3\n")
    room.daemon.send_signal(signal.SIGHUP)
    wait_for(lambda: "Configuration reloaded" in room.log.read_text(), "the log to say so")
    wait_for(lambda: room.status()["mood"] is not None, "the mood, found out anew")
    assert len(ids(room.status("next"))) == 3
    room.configuration.write_text("[recommend]\ncount = -3\n")
    room.daemon.send_signal(signal.SIGHUP)
    wait_for(lambda: "Configuration not reloaded" in room.log.read_text(), "the log to say so")
    assert "recommend.count" in room.log.read_text()
    assert len(ids(room.status("next"))) == 3
    room.configuration.write_text(HASTY)
    room.daemon.send_signal(signal.SIGHUP)


def test_sigusr1_shows_what_each_thread_does(room: Room) -> None:
    room.daemon.send_signal(signal.SIGUSR1)
    wait_for(lambda: "most recent call first" in room.log.read_text(), "the stacks")
    assert room.status()["frames"] > 0


def test_a_killed_daemons_socket_is_taken_over_and_an_ended_ones_is_gone(room: Room) -> None:
    room.daemon.kill()
    room.daemon.wait()
    assert room.socket.exists()
    code, _, wrong = room.ask("status")
    assert (code, wrong.count("\n")) == (1, 1)
    room.start()
    room.daemon.terminate()
    room.daemon.wait(timeout=2)
    assert not room.socket.exists()
    code, _, wrong = room.ask("status")
    assert (code, wrong) == (
        1,
        "moodpi: moodpi is not running: start it with `moodpi run` or `systemctl start moodpi`\n",
    )


def test_who_listens_is_told_that_a_daemon_has_ended_and_hears_the_next_one(
    room: Room, heard: Heard
) -> None:
    room.start()
    heard.until("mood", emotion="happy")
    room.stop()
    assert heard.until("disconnected")["why"] == "moodpi has stopped"
    assert heard.until("disconnected")["why"].startswith("moodpi is not running")
    room.start()
    began_anew = heard.until("status")["history"]
    assert not [event for event in began_anew if event["event"] == "mood"]
    heard.until("mood", emotion="happy")
