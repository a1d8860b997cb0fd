"""Commands to a real daemon, whose network camera shows the portrait."""

from __future__ import annotations

import json
import queue
import signal
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.frontends.control import EventStream, send_command
from tests.edge.portrait_camera import FakePerson
from tests.edge.running_daemon import FAST_MOODS, RunningDaemon
from tests.raising import raises
from tests.waiting import WAIT_TIMEOUT, wait_for


def ids(status: dict[str, Any]) -> list[str]:
    return [track["id"] for track in status["tracks"]["tracks"]]


@pytest.fixture
def events(daemon: RunningDaemon, monkeypatch: pytest.MonkeyPatch) -> Iterator[Events]:
    """The daemon's events from now on."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", daemon.environment["XDG_RUNTIME_DIR"])
    events = Events()
    with EventStream(events.put):
        yield events


class Events(queue.SimpleQueue):
    """Received events."""

    def until(self, event: str, **fields: Any) -> dict[str, Any]:
        """The next event of that kind with those fields; earlier events are dropped."""
        deadline = time.monotonic() + WAIT_TIMEOUT
        while time.monotonic() < deadline:
            received = self.get(timeout=20)
            if received["event"] == event and fields.items() <= received.items():
                return received
        pytest.fail(f"no event {event} {fields} within {WAIT_TIMEOUT} s")


def test_status_has_mood_presence_tracks_and_counts(daemon: RunningDaemon) -> None:
    status = daemon.status()
    assert status["mood"]["emotion"] == "happy"
    assert status["presence"]["present"] is True
    assert len(ids(status)) == 5
    assert status["frames"] > 0
    assert status["paused"] is False
    _, output, _ = daemon.run_command("status")
    assert output.startswith("Happy since ")
    assert "  5. " in output
    assert "frames" not in output
    assert "frames" in daemon.run_command("status", "--verbose")[1]


def test_next_selects_other_tracks_for_the_same_mood(daemon: RunningDaemon) -> None:
    before = ids(daemon.status())
    assert not set(ids(daemon.status("next"))) & set(before)


def test_pause_lasts_until_resume(daemon: RunningDaemon) -> None:
    assert daemon.status("pause")["paused"] is True
    assert daemon.status()["paused"] is True
    assert daemon.status("resume")["paused"] is False


def test_feedback_is_recorded_by_the_daemon(daemon: RunningDaemon) -> None:
    tracks = daemon.status("next")["tracks"]["tracks"]
    code, output, errors = daemon.run_command("ban", "2")
    assert (code, output) == (0, f"banned: {tracks[1]['title']} - {tracks[1]['artist']}\n"), errors
    code, output, errors = daemon.run_command("like", "--json")
    assert code == 0, errors
    # The banned track has left the list.
    names = [feedback["name"] for feedback in json.loads(output)]
    assert names == [f"{t['title']} - {t['artist']}" for t in (tracks[0], *tracks[2:])]
    assert errors == ""
    code, output, _ = daemon.run_command("skip", "--artist", tracks[0]["artist"])
    assert (code, output) == (0, f"skipped: every track of {tracks[0]['artist']}\n")


def test_taste_is_that_of_the_daemon(daemon: RunningDaemon, tmp_path: Path) -> None:
    # Another user's home, as when a person talks to the system's service.
    asking = {**daemon.environment, "HOME": str(tmp_path)}

    def taste(*options: str) -> dict[str, Any]:
        code, output, errors = daemon.run_command("taste", "--json", *options, environment=asking)
        assert code == 0, errors
        answer: dict[str, Any] = json.loads(output)
        return answer

    daemon.run_command("like", "1")
    before = taste()
    assert before["path"] == f"{daemon.environment['HOME']}/.local/state/moodpi/listener.sqlite"
    assert before["likes"] > 0
    assert before["played"] >= 5
    assert before["learned"]
    after = taste("--reset")
    assert (after["likes"], after["skips"], after["banned"], after["learned"]) == (0, 0, [], {})
    assert after["played"] == before["played"]
    assert taste("--forget-played")["played"] == 0
    assert not (tmp_path / ".local").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["like", "7"], "'7' is not a track: expected an id"),
        (["ban", "--artist", "No Such Artist Anywhere"], "no artist 'No Such Artist Anywhere'"),
        (["like", "1", "--catalog", "mine.sqlite"], "leave out --catalog and --config"),
    ],
)
def test_invalid_feedback_is_one_line(daemon: RunningDaemon, arguments, expected) -> None:
    code, output, errors = daemon.run_command(*arguments)
    assert (code != 0, output, errors.count("\n")) == (True, "", 1)
    assert expected in errors


def test_another_strategy_selects_other_tracks(
    daemon: RunningDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(daemon.socket.parents[1]))
    before = send_command("next")  # played just now: another test has what was played forgotten
    after = send_command("strategy", strategy="journey")
    assert after["tracks"]["strategy"] == "journey"
    assert not set(ids(after)) & set(ids(before))
    with raises("invalid_argument"):
        send_command("strategy", strategy="mach")
    send_command("strategy", strategy="match")


def test_only_user_and_group_can_open_the_socket(daemon: RunningDaemon) -> None:
    assert stat.S_IMODE(daemon.socket.stat().st_mode) == 0o660


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
def test_an_invalid_request_is_answered_with_an_error(daemon: RunningDaemon, line: bytes) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(daemon.socket))
        connection.sendall(line)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").readline()
    assert "error" in json.loads(answer)
    assert daemon.status()["frames"] > 0


def test_idle_connections_do_not_delay_other_clients(daemon: RunningDaemon) -> None:
    idle = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(20)]
    for connection in idle:
        connection.connect(str(daemon.socket))
    assert daemon.status()["frames"] > 0
    for connection in idle:
        connection.close()


def test_a_subscriber_first_gets_the_status_with_the_history(events: Events) -> None:
    first = events.get(timeout=20)
    assert first["event"] == "status"
    assert first["mood"]["emotion"] == "happy"
    assert len(first["tracks"]["tracks"]) == 5
    kinds = [event["event"] for event in first["history"]]
    assert kinds[:2] == ["presence", "mood"]
    assert first["history"][0]["present"] is True


def test_a_subscriber_gets_events_and_the_status_after_them(
    daemon: RunningDaemon, person: FakePerson, events: Events
) -> None:
    events.until("status")
    person.frown()
    mood = events.until("mood")
    assert mood["emotion"] != "happy"
    person.leave()
    assert events.until("presence")["present"] is False
    empty = events.until("status")
    assert (empty["presence"]["present"], empty["mood"], empty["tracks"]) == (False, None, None)
    person.smile()
    events.until("mood", emotion="happy")
    tracks = events.until("tracks")
    assert events.until("status")["tracks"] == tracks
    daemon.status("next")
    assert events.until("tracks")["tracks"] != tracks["tracks"]


def test_a_subscriber_that_does_not_read_delays_nobody(
    daemon: RunningDaemon,
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        client.connect(str(daemon.socket))
        client.sendall(b'{"command": "events"}\n')
        before = daemon.status()["frames"]
        wait_for(lambda: daemon.status()["frames"] > before + 5, "five frames more")


def test_too_many_subscribers_are_refused(daemon: RunningDaemon) -> None:
    connections = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(17)]
    first = []
    for connection in connections:
        connection.settimeout(20)
        connection.connect(str(daemon.socket))
        connection.sendall(b'{"command": "events"}\n')
        first.append(json.loads(connection.makefile("rb").readline()))
    assert "error" not in first[0]
    assert first[16]["code"] == "too_many_subscribers"
    for connection in connections:
        connection.close()
    assert daemon.status()["frames"] > 0


def test_a_second_daemon_is_refused(daemon: RunningDaemon) -> None:
    code, _, errors = daemon.run_command("run", "--source", "http://127.0.0.1:9/none")
    assert code == 1
    assert errors.startswith(
        f"moodpi: moodpi is already running as process {daemon.process.pid} with the state in "
    )
    assert errors.count("\n") == 1
    assert daemon.status()["frames"] > 0


def test_sighup_reloads_a_valid_configuration_only(
    daemon: RunningDaemon,
) -> None:
    daemon.configuration.write_text("[recommend]\ncount = 3\n")
    daemon.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "configuration reloaded" in daemon.log.read_text(), "the log")
    wait_for(lambda: daemon.status()["mood"] is not None, "the mood")
    assert len(ids(daemon.status("next"))) == 3
    daemon.configuration.write_text("[recommend]\ncount = -3\n")
    daemon.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "configuration not reloaded" in daemon.log.read_text(), "the log")
    assert "recommend.count" in daemon.log.read_text()
    assert len(ids(daemon.status("next"))) == 3
    daemon.configuration.write_text(FAST_MOODS)
    daemon.process.send_signal(signal.SIGHUP)


def test_sigusr1_logs_the_stack_of_each_thread(daemon: RunningDaemon) -> None:
    daemon.process.send_signal(signal.SIGUSR1)
    wait_for(lambda: "most recent call first" in daemon.log.read_text(), "the stacks")
    assert daemon.status()["frames"] > 0


def test_a_stale_socket_is_replaced_and_a_stopped_daemon_removes_its_own(
    daemon: RunningDaemon,
) -> None:
    daemon.process.kill()
    daemon.process.wait()
    assert daemon.socket.exists()
    fix = "start it with `moodpi run` or `sudo systemctl start moodpi`"
    not_running = (1, "", f"moodpi: moodpi is not running: {fix}\n")
    assert daemon.run_command("status") == not_running
    daemon.start()
    daemon.process.terminate()
    daemon.process.wait(timeout=2)
    assert not daemon.socket.exists()
    assert daemon.run_command("status") == not_running


def test_an_event_stream_reports_a_disconnection_and_reconnects(
    daemon: RunningDaemon, events: Events
) -> None:
    daemon.start()
    events.until("status")
    wait_for(lambda: daemon.status()["mood"], "a mood")
    daemon.stop()
    assert events.until("disconnected")["why"] == "moodpi has stopped"
    assert events.until("disconnected")["why"].startswith("moodpi is not running")
    daemon.start()
    history = events.until("status")["history"]
    assert not [event for event in history if event["event"] == "mood"]
    events.until("mood", emotion="happy")
