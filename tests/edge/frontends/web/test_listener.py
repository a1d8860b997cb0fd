"""Connections beyond a limit are closed when they are accepted."""

from __future__ import annotations

import os
import resource
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("starlette")

from edge.frontends.web import listener as limits
from edge.frontends.web.addresses import parse_networks
from edge.frontends.web.listener import LimitedListener


@pytest.fixture
def opened() -> Iterator[list[socket.socket]]:
    sockets: list[socket.socket] = []
    yield sockets
    for each in sockets:
        each.close()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CONNECTIONS", 5)
    monkeypatch.setattr(limits, "MAX_CONNECTIONS_PER_CLIENT", 3)


def listening(opened: list[socket.socket], *proxies: str) -> LimitedListener:
    listener = LimitedListener(socket.AF_INET, parse_networks(proxies))
    opened.append(listener)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


def accepts(listener: LimitedListener, opened: list[socket.socket], client: str) -> bool:
    """Whether a connection from the address stays open."""
    outside = socket.create_connection(listener.getsockname(), 10, source_address=(client, 0))
    opened.append(outside)
    try:
        opened.append(listener.accept()[0])
    except ConnectionAbortedError:
        assert outside.recv(1) == b""
        return False
    return True


@pytest.mark.usefixtures("few")
def test_a_client_has_a_limit_and_all_together_have_one(opened: list[socket.socket]) -> None:
    listener = listening(opened)
    clients = ["127.0.0.2"] * 4 + ["127.0.0.3"] * 3
    accepted = [accepts(listener, opened, client) for client in clients]
    assert accepted == [True, True, True, False, True, True, False]


@pytest.mark.usefixtures("few")
def test_a_closed_connection_makes_room(opened: list[socket.socket]) -> None:
    listener = listening(opened)
    for _ in range(3):
        accepts(listener, opened, "127.0.0.2")
    opened[-1].close()
    assert accepts(listener, opened, "127.0.0.2")
    assert not accepts(listener, opened, "127.0.0.2")


@pytest.mark.usefixtures("few")
def test_a_connection_that_is_lost_without_a_close_makes_room(
    opened: list[socket.socket],
) -> None:
    listener = listening(opened)
    for _ in range(20):
        assert accepts(listener, opened, "127.0.0.2")
        opened.pop()
        opened.pop().close()


@pytest.mark.usefixtures("few")
def test_a_proxy_has_only_the_limit_of_all(opened: list[socket.socket]) -> None:
    listener = listening(opened, "127.0.0.0/30")
    assert [accepts(listener, opened, "127.0.0.2") for _ in range(6)] == [True] * 5 + [False]


def test_the_last_descriptors_are_not_used(
    opened: list[socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RESERVED_DESCRIPTORS", 20)
    listener = listening(opened)
    highest = max(int(path.name) for path in Path("/proc/self/fd").iterdir())
    # Fill the gaps below it: a connection takes the lowest free descriptor.
    while (filler := socket.socket(fileno=os.dup(listener.fileno()))).fileno() < highest:
        opened.append(filler)
    opened.append(filler)
    # Each connection takes two descriptors here, one of them for the client.
    limit = filler.fileno() + 1 + 20 + 10
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
    assert [accepts(listener, opened, "127.0.0.2") for _ in range(7)] == [True] * 5 + [False] * 2


def test_accepted_connections_are_bounded_in_time_and_memory(
    opened: list[socket.socket],
) -> None:
    assert accepts(listening(opened), opened, "127.0.0.2")
    connection = opened[-1]
    timeout = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert timeout == limits.SEND_TIMEOUT * 1000
    # Linux doubles the requested sizes, for its own records.
    for option, size in (
        (socket.SO_SNDBUF, limits.SEND_BUFFER_BYTES),
        (socket.SO_RCVBUF, limits.RECEIVE_BUFFER_BYTES),
    ):
        assert connection.getsockopt(socket.SOL_SOCKET, option) <= 2 * size
