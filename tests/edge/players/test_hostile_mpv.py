"""An mpv whose answers are too long, too deep, late or nonsense."""

from __future__ import annotations

import json
import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from edge.players import mpv_ipc
from edge.players.mpv_ipc import MAX_MESSAGE_BYTES, MpvIpc
from moodpi.errors import MoodpiError
from moodpi.text import CONTROL
from tests.edge.peak_memory import MAX_PEER_MEMORY, run_measured
from tests.raising import raises

pytest.importorskip("mutagen", reason="needs moodpi[mpv]")

from edge.players.mpv_player import MpvServer
from edge.players.music_server import QueueEntry

Answer = Callable[[dict[str, Any]], bytes]

PLAYLIST = [{"id": 1, "filename": "/music/a.flac", "current": True}, {"id": 2, "filename": "b"}]
VALUES = {"mpv-version": "mpv 0.35", "playlist": PLAYLIST, "idle-active": False, "pause": False}


def honest(request: dict[str, Any]) -> bytes:
    command = request["command"]
    data = VALUES.get(command[1]) if command[0] == "get_property" else {"playlist_entry_id": 3}
    answer = {"error": "success", "data": data, "request_id": request["request_id"]}
    return b'{"event":"idle"}\n' + json.dumps(answer).encode() + b"\n"


@contextmanager
def mpv(answer: Answer) -> Iterator[MpvServer]:
    """A server that is connected to an mpv with these answers."""
    own, other = socket.socketpair()

    def serve() -> None:
        with suppress(OSError), other, other.makefile("rb") as requests:
            for line in requests:
                other.sendall(answer(json.loads(line)))

    thread = threading.Thread(target=serve, name="mpv", daemon=True)
    thread.start()
    server = MpvServer([])
    server._ipc = MpvIpc(own)
    try:
        yield server
    finally:
        server.close()
        thread.join()


def with_data(data: object) -> Answer:
    return lambda request: (
        json.dumps({"error": "success", "data": data, **request}).encode() + b"\n"
    )


def with_error(error: str, request: dict[str, Any]) -> bytes:
    return json.dumps({"error": error, **request}).encode() + b"\n"


def test_reads_the_queue_of_an_honest_mpv() -> None:
    with mpv(honest) as server:
        assert server.read_queue().current == QueueEntry("1", "/music/a.flac")


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("server_unreachable", lambda _: b"x" * (2 * MAX_MESSAGE_BYTES)),
        ("invalid_answer", lambda _: b"[" * 5000 + b"\n"),
        ("invalid_answer", lambda _: b'{"request_id": ' + b"9" * 5000 + b"}\n"),
        ("invalid_answer", lambda _: b"[]\n"),
        ("invalid_answer", lambda _: b"\xff\xfe\n"),
        ("invalid_answer", lambda _: b"\n"),
        ("invalid_answer", lambda request: json.dumps(request).encode() + b"\n"),
        ("server_refused", lambda request: with_error("\x1b[31m", request)),
        ("invalid_answer", with_data(7)),
        ("invalid_answer", with_data([7])),
        ("invalid_answer", with_data([{"id": 1}])),
        ("invalid_answer", with_data(None)),
    ],
)
def test_every_invalid_answer_is_an_error_of_one_line(code: str, answer: Answer) -> None:
    with mpv(answer) as server, raises(code) as caught:
        server.read_queue()
    assert CONTROL.search(str(caught.value)) is None
    assert len(str(caught.value)) < 400


def test_events_without_end_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mpv_ipc, "COMMAND_TIMEOUT", 0.3)

    def flood(_request: dict[str, Any]) -> bytes:
        return b'{"event":"seek"}\n' * 300_000

    with mpv(flood) as server, raises("server_unreachable"):
        server.read_queue()


def test_a_long_answer_does_not_fill_the_memory(tmp_path: Path) -> None:
    code = """
import socket, threading
from edge.players.mpv_ipc import MpvIpc
from moodpi.errors import MoodpiError
own, other = socket.socketpair()
def flood():
    try:
        while True: other.sendall(b"x" * 65536)
    except OSError: pass
threading.Thread(target=flood, daemon=True).start()
ipc = MpvIpc(own)
try: ipc.send("get_property", "playlist")
except MoodpiError as error: print(error.code)
ipc.close()
"""
    output, peak = run_measured(code, tmp_path)
    assert "server_unreachable" in output
    assert peak < MAX_PEER_MEMORY - 60


def mutated(seed: int) -> Answer:
    """The answers of an honest mpv, with random bytes changed, removed, repeated or inserted."""
    changes = random.Random(seed)

    def answer(request: dict[str, Any]) -> bytes:
        content = bytearray(honest(request))
        for _ in range(changes.randint(0, 3)):
            place = changes.randrange(len(content) + 1)
            end = min(len(content), place + changes.randint(0, 6))
            noise = changes.choice([b"[", b"}", b'"', b"null", b"-1e999", b"\n", b"\xff"])
            content[place:end] = changes.choice([noise, content[place:end] * 9, b""])
        return bytes(content) + b"\n"

    return answer


def fuzz(monkeypatch: pytest.MonkeyPatch, seeds: range) -> None:
    monkeypatch.setattr(mpv_ipc, "COMMAND_TIMEOUT", 0.05)
    for seed in seeds:
        with mpv(mutated(seed)) as server:
            try:
                server.read_queue()
                server.append([__file__])
                server.play(QueueEntry("1", "a"))
                server.remove([QueueEntry("2", "b")])
            except MoodpiError as error:
                assert CONTROL.search(str(error)) is None  # noqa: PT017


def test_no_mutated_answer_raises_another_error(monkeypatch: pytest.MonkeyPatch) -> None:
    fuzz(monkeypatch, range(200))


@pytest.mark.long
def test_no_mutated_answer_of_thousands_raises_another_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fuzz(monkeypatch, range(200, 5000))
