"""Floods of the control socket: frames are analysed, and the watchdog is notified."""

from __future__ import annotations

import itertools
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress

import pytest

from catalog.store import DEFAULT_CATALOG
from tests.endurance.daemon_process import DaemonProcess, Sandbox
from tests.waiting import wait_for

CLIENTS = 12
FRAMES = 20
UNKNOWN_ARTIST = b'{"command": "feedback", "verdict": "like", "artist": "%s"}\n' % (
    b"qwertyuiop" * 40
)
Client = Callable[[socket.socket], object]


def asking(line: bytes) -> Client:
    """A client that sends a line and reads the answer."""

    def client(connection: socket.socket) -> None:
        connection.sendall(line)
        connection.makefile("rb").readline()

    return client


def liking(connection: socket.socket) -> None:
    asking(b'{"command": "feedback", "verdict": "like", "track": "%s"}\n' % next(TRACK_IDS))(
        connection
    )


def reading_slowly(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    connection.sendall(b'{"command": "events"}\n')
    for _ in range(100):
        connection.recv(1)
        time.sleep(0.05)


def trickling(connection: socket.socket) -> None:
    for byte in b'{"command": "status"':
        connection.sendall(bytes([byte]))
        time.sleep(0.2)


def all_track_ids() -> Iterator[bytes]:
    with closing(sqlite3.connect(DEFAULT_CATALOG)) as database:
        rows = database.execute("SELECT id FROM track ORDER BY id").fetchall()
    return itertools.cycle([track_id.encode() for (track_id,) in rows])


TRACK_IDS = all_track_ids()
FLOODS: dict[str, Client] = {
    "status": asking(b'{"command": "status"}\n'),
    "next": asking(b'{"command": "next"}\n'),
    "unknown artist": asking(UNKNOWN_ARTIST),
    "like": liking,
    "like of the last list": asking(b'{"command": "feedback", "verdict": "like"}\n'),
    "taste": asking(b'{"command": "taste"}\n'),
    "deep": asking(b"[" * 990 + b"\n"),
    "events read slowly": reading_slowly,
    "half a request": trickling,
    "nothing": socket.socket.fileno,
}


@contextmanager
def flooding(sandbox: Sandbox, client: Client) -> Iterator[None]:
    """CLIENTS threads that connect and behave like this client, again and again."""
    stopping = threading.Event()

    def repeat() -> None:
        while not stopping.is_set():
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(5)
                with suppress(OSError):
                    connection.connect(str(sandbox.socket))
                    client(connection)

    threads = [threading.Thread(target=repeat, daemon=True) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def frames(daemon: DaemonProcess) -> int:
    """The number of analysed frames, however many connections are open."""
    found: list[int] = []

    def ask() -> bool:
        with suppress(OSError, ValueError, KeyError):
            found.append(daemon.send_command("status")["frames"])
        return bool(found)

    wait_for(ask, "a status")
    return found[0]


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_stops_neither_the_frames_nor_the_watchdog(sandbox: Sandbox, name: str) -> None:
    systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ExitStack() as stack:
        stack.enter_context(systemd)
        systemd.bind(str(sandbox.socket.with_name("notify")))
        systemd.settimeout(30)
        sandbox.variables["NOTIFY_SOCKET"] = str(sandbox.socket.with_name("notify"))
        daemon = stack.enter_context(sandbox.running(WATCHDOG_USEC="800000"))
        daemon.wait_for("tracks")
        with flooding(sandbox, FLOODS[name]):
            before = frames(daemon)
            received = 0
            while received < FRAMES:
                received += systemd.recv(4096) == b"WATCHDOG=1"
            wait_for(lambda: frames(daemon) >= before + FRAMES, f"{FRAMES} frames")
            assert daemon.threads() < 50
            assert daemon.descriptors() < 70
        assert daemon.terminate() == 0
    assert "Traceback" not in sandbox.log.read_text()


def test_two_daemons_started_at_once_are_one(sandbox: Sandbox) -> None:
    for _ in range(3):
        with sandbox.running() as first, sandbox.running() as second:
            wait_for(
                lambda: (first.process.poll() is None) != (second.process.poll() is None),
                "the end of one daemon",
            )
            ended = first if first.process.poll() is not None else second
            assert ended.process.wait() == 1
    assert len(sandbox.log_lines("moodpi is already running")) == 3
