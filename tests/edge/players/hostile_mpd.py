"""A music server that speaks the MPD protocol and attacks its client."""

from __future__ import annotations

import itertools
import os
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

GREETING = b"OK MPD 0.23.5\n"
STATUS = b"playlist: 1\nstate: stop\nOK\n"
SONGS = b"file: a.mp3\nTitle: Let Your Yeah Be Yeah\nArtist: Brownsville Station\nOK\n"
# The answers of a server that behaves.
ANSWERS = {
    b"urlhandlers": b"handler: http://\nhandler: file://\nOK\n",
    b"stats": b"songs: 1\ndb_update: 5\nOK\n",
    b"search": SONGS,
    b"status": STATUS,
}

# Folders are listed only on Mopidy, which names its handlers without slashes.
MOPIDY_HANDLERS = b"handler: file\nOK\n"

Answer = Callable[[socket.socket], object]


def endless(chunk: bytes) -> Answer:
    """Send the chunk again and again."""

    def answer(connection: socket.socket) -> None:
        block = chunk * max(1, 65536 // len(chunk))
        while True:
            connection.sendall(block)

    return answer


def trickle(line: bytes) -> Answer:
    """Send the line byte by byte and never end it."""

    def answer(connection: socket.socket) -> None:
        for byte in itertools.cycle(line):
            connection.sendall(bytes([byte]))
            time.sleep(0.05)

    return answer


def once(content: bytes) -> Answer:
    return lambda connection: connection.sendall(content)


def hang_up(connection: socket.socket) -> None:
    """Close the connection within an answer, as a server does whose output buffer is too small."""
    connection.sendall(SONGS.removesuffix(b"OK\n"))
    connection.shutdown(socket.SHUT_RDWR)


def endless_songs(connection: socket.socket) -> None:
    for first in itertools.count(step=1000):
        numbers = range(first, first + 1000)
        connection.sendall(
            b"".join(b"file: f%d.mp3\nTitle: T%d\nArtist: A%d\n" % (n, n, n) for n in numbers)
        )


def endless_folders(connection: socket.socket) -> None:
    name = os.urandom(2000).hex().encode()
    folders = b"".join(b"directory: %d%s\n" % (n, name) for n in range(100))
    connection.sendall(b"directory: Files\n" + folders + b"OK\n")


# The attack, by its name: the command whose answer it replaces (b"" for the greeting).
ATTACKS: dict[str, tuple[bytes, Answer]] = {
    "endless greeting": (b"", endless(b"x")),
    "slow greeting": (b"", trickle(b"OK MPD ")),
    "http greeting": (b"", once(b"HTTP/1.1 200 OK\r\n\r\n")),
    "terminal greeting": (b"", once(b"\x1b[31mEVIL\x1b[0m nonsense\n")),
    "noise": (b"status", once(os.urandom(5000) + b"\n")),
    "slow status": (b"status", trickle(b"state: play\n")),
    "endless status": (b"status", endless(b"state: play\n")),
    "status of an unknown state": (b"status", once(b"playlist: 1\nstate: bogus\nOK\n")),
    "status without a state": (b"status", once(b"volume: 1\nOK\n")),
    "repeated status": (b"status", once(b"playlist: 1\nplaylist: 2\nstate: play\nstate: x\nOK\n")),
    "status with a rejection": (b"status", once(b"ACK [999@0] {status} \x1b[31mRED\x1b[0m\n")),
    "malformed rejection": (b"status", once(b"ACK \n")),
    "stats of words": (b"stats", once(b"songs: many\ndb_update: \xff\nOK\n")),
    "endless line": (b"search", endless(b"a")),
    "endless songs": (b"search", endless_songs),
    "endless folders": (b"lsinfo", endless_folders),
    "endless tags": (b"search", endless(b"Artist: xyz\n")),
    "endless blank lines": (b"search", endless(b"\n")),
    "no pairs": (b"search", once(b"file\nTitle\nOK\n")),
    "binary": (b"search", once(b"binary: 4000000000\n" + b"x" * 100_000)),
    "endless queue": (b"playlistinfo", endless(b"file: x\nId: 1\n")),
    "queue without ids": (b"playlistinfo", once(b"file: x\nfile: y\nOK\n")),
    "repeated ids": (b"playlistinfo", once(b"file: x\nId: 1\nId: 2\nOK\n")),
}


class _Connection(socketserver.StreamRequestHandler):
    server: HostileMpd

    def handle(self) -> None:
        with suppress(OSError):
            self._answer(b"", ANSWERS.get(b"", GREETING))
            for line in self.rfile:
                words = line.split()
                command = words[0] if words else b""
                self._answer(command, ANSWERS.get(command, b"OK\n"))

    def _answer(self, command: bytes, default: bytes) -> None:
        if command == self.server.attacked:
            self.server.attack(self.request)
        else:
            is_mopidy = command == b"urlhandlers" and self.server.attacked == b"lsinfo"
            self.request.sendall(MOPIDY_HANDLERS if is_mopidy else default)


class HostileMpd(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, attacked: bytes | None, attack: Answer) -> None:
        self.attacked, self.attack = attacked, attack
        super().__init__(("127.0.0.1", 0), _Connection)


@contextmanager
def hostile_mpd(attacked: bytes | None, attack: Answer) -> Iterator[str]:
    """The address of a server that attacks in its answer to one command, or in none."""
    with HostileMpd(attacked, attack) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
