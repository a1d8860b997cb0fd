"""An MQTT broker that attacks its client."""

from __future__ import annotations

import itertools
import os
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

CONNECT, PUBLISH, SUBSCRIBE, PINGREQ = 1, 3, 8, 12
CONNACK = b"\x20\x02\0\0"
COMMANDS = "moodpi/kitchen/set/"

Attack = Callable[[socket.socket], object]


def length(number: int) -> bytes:
    """The length of a packet in MQTT's variable encoding."""
    encoded = bytearray()
    while number > 127:
        encoded.append(number % 128 | 128)
        number //= 128
    return bytes([*encoded, number])


def message(topic: str | bytes, payload: bytes, qos: int = 0, packet_id: int = 7) -> bytes:
    """A PUBLISH packet."""
    name = topic.encode() if isinstance(topic, str) else topic
    body = struct.pack(">H", len(name)) + name
    body += (struct.pack(">H", packet_id) if qos else b"") + payload
    return bytes([PUBLISH << 4 | qos << 1]) + length(len(body)) + body


def fill(head: bytes) -> Attack:
    def attack(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(4096):
            connection.sendall(b"x" * 65536)

    return attack


def once(content: bytes) -> Attack:
    return lambda connection: connection.sendall(content)


def unreleased(connection: socket.socket) -> None:
    """Messages of quality 2 that are never released."""
    for packet_id in range(1, 2000):
        connection.sendall(message(COMMANDS + "next", b"x" * 500_000, 2, packet_id))


def unread(connection: socket.socket) -> None:
    """Messages of quality 1 whose acknowledgements are not read."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    for packet_id in itertools.count(1):
        connection.sendall(message(COMMANDS + "next", b"", 1, packet_id % 65535 + 1) * 1000)


# What the broker sends in place of its answer to CONNECT.
GREETINGS: dict[str, Attack] = {
    "noise": once(os.urandom(100_000)),
    "a message before the answer": fill(b"\x30\xff\xff\xff\x7f"),
    "a length of five bytes": once(b"\x30\xff\xff\xff\xff\xff"),
    "an unknown refusal": once(b"\x20\x02\0\x99"),
    "a long answer": fill(b"\x20\xff\xff\xff\x7f"),
    "an empty answer": once(b"\x20\0"),
}
# What it sends after its answer to SUBSCRIBE.
ATTACKS: dict[str, Attack] = {
    "a message of 256 MB": fill(b"\x30\xff\xff\xff\x7f"),
    "unreleased messages": unreleased,
    "a topic that is no UTF-8": once(message(b"moodpi/kitchen/set/\xff\xfe", b"x")),
    "an empty topic": once(message("", b"x")),
    "a topic of 60 kB": once(message(COMMANDS + "x" * 60_000, b"x")),
    "a foreign topic": once(message("other/pause", b"ON")),
    "a wildcard topic": once(message(COMMANDS + "#", b"x")),
    "a null in a topic": once(message(COMMANDS + "\0", b"x")),
    "a topic beyond its packet": once(b"\x30\x03\xff\xffa"),
    "a message without a topic": once(b"\x30\0"),
    "an empty SUBACK": once(b"\x90\0"),
    "a stray SUBACK": once(b"\x90\x03\0\x09\x80"),
    "a stray PUBREL": once(b"\x62\x02\0\x05"),
    "a second CONNACK": once(CONNACK),
    "a reserved type": once(b"\xf0\0"),
    "a long payload": once(message(COMMANDS + "strategy", b"m" * 900_000)),
    "a forged line": once(message(COMMANDS + "strategy", b"x\x1b[31m\nFORGED LINE")),
    "a flood": once(message(COMMANDS + "dance", b"x") * 5000),
}


class _Connection(socketserver.BaseRequestHandler):
    server: HostileBroker

    def handle(self) -> None:
        with suppress(OSError):
            self.server.connections += 1
            while True:
                self._answer(*self._packet())

    def _packet(self) -> tuple[int, bytes]:
        kind = self._read(1)[0] >> 4
        size = shift = 0
        while True:
            byte = self._read(1)[0]
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return kind, self._read(size)

    def _read(self, size: int) -> bytes:
        received = b""
        while len(received) < size:
            part = self.request.recv(size - len(received))
            if not part:
                raise ConnectionError
            received += part
        return received

    def _answer(self, kind: int, body: bytes) -> None:
        server = self.server
        attacks = server.connections <= server.attacked_connections
        if kind == CONNECT:
            (server.greeting if server.greeting and attacks else once(CONNACK))(self.request)
        elif kind == SUBSCRIBE:
            self.request.sendall(b"\x90\x03" + body[:2] + b"\x01")
            if server.attack and attacks:
                server.attack(self.request)
            # More than once: a command behind a flood is dropped.
            for _ in range(10):
                self.request.sendall(message(COMMANDS + "strategy", server.last_command))
                time.sleep(0.2)
        elif kind == PINGREQ:
            self.request.sendall(b"\xd0\0")


class HostileBroker(socketserver.ThreadingTCPServer):
    """Attacks the first connections, and serves the later ones.

    Attributes:
        port: Where it listens on loopback.
        connections: How many were accepted.
        last_command: The payload of the command that it sends after an attack.
    """

    daemon_threads = True
    allow_reuse_address = True
    greeting: Attack | None = None
    attack: Attack | None = None
    attacked_connections = 1

    def __init__(self) -> None:
        self.connections = 0
        super().__init__(("127.0.0.1", 0), _Connection)
        self.port: int = self.server_address[1]
        self.last_command = str(self.port).encode()

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing."""


@contextmanager
def hostile_broker(
    *, greeting: Attack | None = None, attack: Attack | None = None
) -> Iterator[HostileBroker]:
    with HostileBroker() as broker:
        broker.greeting, broker.attack = greeting, attack
        threading.Thread(target=broker.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield broker
        finally:
            broker.shutdown()
