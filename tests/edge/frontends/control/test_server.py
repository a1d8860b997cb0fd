"""The control server with a main loop of the test, and clients that misbehave."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from edge.events import PresenceEvent
from edge.frontends.control import ControlServer, server
from edge.frontends.control.event_broadcast import MAX_WAITING_EVENTS, EventBroadcast, Subscription
from tests.mutations import FUZZ_SIZES, mutations
from tests.waiting import WAIT_TIMEOUT, wait_for

STATUS = b'{"command": "status"}\n'
NEXT = b'{"command": "next"}\n'
VALID = [
    STATUS,
    NEXT,
    b'{"command": "strategy", "strategy": "lift"}\n',
    b'{"command": "feedback", "verdict": "like", "track": "1", "subject": "artist"}\n',
    b'{"command": "taste", "forget": ["played"]}\n',
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "control.sock"


@contextmanager
def turning(control: ControlServer, answer: Callable[..., dict[str, Any]]) -> Iterator[None]:
    """A main loop that turns until the end of the context."""
    stopping = threading.Event()

    def turn() -> None:
        while not stopping.wait(0.001):
            control.answer_pending(answer)

    loop = threading.Thread(target=turn)
    loop.start()
    try:
        yield
    finally:
        stopping.set()
        loop.join()


def connect(path: Path) -> socket.socket:
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.settimeout(WAIT_TIMEOUT)
    client.connect(str(path))
    return client


def ask(path: Path, line: bytes) -> dict[str, Any]:
    with connect(path) as client:
        client.sendall(line)
        client.shutdown(socket.SHUT_WR)
        answer: dict[str, Any] = json.loads(client.makefile("rb").readline())
    return answer


def test_a_turn_of_the_loop_answers_one_slow_request(path) -> None:
    answered = []

    def answer(request):
        answered.append(request)
        time.sleep(2 * server.TURN_TIMEOUT)
        return {}

    with ControlServer(path) as control, ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(connect(path)).sendall(NEXT)
        wait_for(lambda: control._pending.qsize() == 12, "twelve requests")
        for turn in range(1, 13):
            control.answer_pending(answer)
            assert len(answered) == turn


def test_a_status_does_not_wait_for_slow_requests(path) -> None:
    def answer(request):
        if request["command"] == "next":
            time.sleep(2 * server.TURN_TIMEOUT)
        return request

    with ControlServer(path) as control, ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(connect(path)).sendall(NEXT)
        wait_for(lambda: control._pending.qsize() == 12, "twelve requests")
        client = stack.enter_context(connect(path))
        client.sendall(STATUS)
        wait_for(lambda: control._pending_statuses.qsize() == 1, "the request of a status")
        control.answer_pending(answer)
        assert json.loads(client.makefile("rb").readline()) == {"command": "status"}
        assert control._pending.qsize() == 11


def test_an_unexpected_exception_is_refused_and_the_next_request_answered(path, caplog) -> None:
    def answer(request):
        if request["command"] == "next":
            raise RecursionError("too deep")
        return {"answered": request["command"]}

    with ControlServer(path) as control, turning(control, answer):
        for _ in range(3):
            assert ask(path, NEXT)["code"] == "unexpected"
        assert ask(path, STATUS) == {"answered": "status"}
    assert caplog.text.count("Traceback") == 1


def test_an_answer_can_name_any_file_and_the_socket_can_have_any_name(tmp_path) -> None:
    path = tmp_path / os.fsdecode(b"\xfc:?%41\n")
    with ControlServer(path) as control, turning(control, lambda _request: {"file": str(path)}):
        assert ask(path, NEXT) == {"file": str(path)}


def test_connections_beyond_the_limit_are_refused_and_closed(path) -> None:
    with (
        ControlServer(path) as control,
        turning(control, lambda request: request),
        ExitStack() as stack,
    ):
        clients = [stack.enter_context(connect(path)) for _ in range(server.MAX_CONNECTIONS + 5)]
        for client in clients[server.MAX_CONNECTIONS :]:
            stream = client.makefile("rb")
            assert json.loads(stream.readline())["code"] == "too_many_connections"
            assert stream.read() == b""
        clients[0].sendall(STATUS)
        assert json.loads(clients[0].makefile("rb").readline()) == {"command": "status"}
        wait_for(lambda: "code" not in ask(path, STATUS), "a free connection")


def test_a_request_that_trickles_in_is_closed_after_one_timeout(path, monkeypatch) -> None:
    monkeypatch.setattr(server, "IO_TIMEOUT", 0.3)
    with ControlServer(path), connect(path) as client, suppress(ConnectionError):
        for _ in range(100):
            client.sendall(b" ")
            time.sleep(0.05)
        pytest.fail("the connection is still open")


def test_a_subscriber_that_reads_too_slowly_is_dropped() -> None:
    broadcast, slow, fast = EventBroadcast(), Subscription(), Subscription()
    broadcast.subscribe(slow)
    broadcast.subscribe(fast)
    for number in range(3 * MAX_WAITING_EVENTS):
        broadcast.report(PresenceEvent(float(number), present=True))
        assert fast.get_nowait() is not None
    received = [slow.get_nowait() for _ in range(slow.qsize())]
    assert len(received) == MAX_WAITING_EVENTS + 1
    assert received[-1] is None


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 999 + b"\n",
        b'{"command":' + b"[" * 490 + b"]" * 490 + b"}\n",
        b'{"command":' + b"9" * 980 + b"}\n",
        b'{"command": NaN}\n',
        b'{"command": "\\ud800"}\n',
        b'{"command": "status", "\\ud800": 1}\n',
        b'{"command": "strategy", "strategy": "\\ud800"}\n',
        b'{"command": "feedback", "verdict": "like", "artist": "\\u0000"}\n',
        b'{"command": "feedback", "verdict": "like", "track": "' + b"9" * 800 + b'"}\n',
        b'{"command": "taste", "forget": [' + b'"",' * 200 + b'""]}\n',
        b"\x00" * 900 + b"\n",
        b"\xff" * 2000 + b"\n",
        '{"command": "status"}\n'.encode("utf-16"),
    ],
)
def test_a_hostile_line_is_answered_with_a_short_error(path, line, caplog) -> None:
    with ControlServer(path) as control, turning(control, lambda request: request):
        answer = ask(path, line)
    assert set(answer) == {"error", "code"}
    assert len(answer["error"]) < 400
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("count", FUZZ_SIZES)
def test_changed_lines_are_always_answered(path, count, monkeypatch, caplog) -> None:
    monkeypatch.setattr(server, "ACCEPT_INTERVAL", 0)
    with ControlServer(path) as control, turning(control, lambda request: request):
        for line in mutations(VALID, count):
            ask(path, line.replace(b"\n", b" ") + b"\n")
    assert "Traceback" not in caplog.text
