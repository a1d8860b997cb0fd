"""The search for the socket of a daemon that runs."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from edge.frontends.control import socket_path
from edge.frontends.control.socket_path import find_socket, own_socket_path


def listen(path: Path) -> socket.socket:
    path.parent.mkdir(parents=True, exist_ok=True)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(path))
    server.listen()
    return server


def test_the_socket_that_a_killed_daemon_left_does_not_hide_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(socket_path, "SERVICE_SOCKET", tmp_path / "service.sock")
    own = own_socket_path()
    assert find_socket() is None
    with listen(tmp_path / "service.sock"):
        with listen(own):
            assert find_socket() == own
        assert own.is_socket()
        assert find_socket() == tmp_path / "service.sock"
    assert find_socket() is None
