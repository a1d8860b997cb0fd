"""The host in the link of the page: a name that avahi announces, or an address of this machine."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.frontends.web import home_address
from edge.frontends.web.home_address import home_host

NAME = f"{socket.gethostname().partition('.')[0]}.local"


@contextmanager
def answering(path: Path, answer: str) -> Iterator[None]:
    """A server on a socket that speaks avahi's text protocol."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()

        def answer_once() -> None:
            connection, _ = server.accept()
            with connection:
                assert connection.recv(1024) == f"RESOLVE-HOSTNAME-IPV4 {NAME}\n".encode()
                connection.sendall(answer.encode())

        thread = threading.Thread(target=answer_once)
        thread.start()
        yield
        thread.join()


@pytest.mark.parametrize(
    ("answer", "announced"),
    [
        (f"+ 2 0 {NAME} 127.0.0.1\n", True),
        # A namesake in the network, which had the name first.
        (f"+ 2 0 {NAME} 203.0.113.7\n", False),
        ("-15 Timeout reached\n", False),
        ("", False),
        ("+\n", False),
    ],
)
def test_the_name_is_used_where_it_is_announced_for_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, announced: bool
) -> None:
    monkeypatch.setattr(home_address, "AVAHI_SOCKET", tmp_path / "avahi")
    with answering(tmp_path / "avahi", answer):
        assert (home_host() == NAME) == announced


def test_without_avahi_it_is_an_address_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_address, "AVAHI_SOCKET", tmp_path / "absent")
    host = home_host()
    if host == NAME:
        pytest.skip("not applicable: this machine has no network")
    with socket.create_server((host, 0)):
        pass
