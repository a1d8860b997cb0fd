"""`moodpi doctor`: the page that the daemon serves, and its name in the home network."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytest.importorskip("starlette", reason="not applicable: the part web is not installed")

from edge.frontends.web import home_address
from edge.ops.doctor import page
from edge.ops.doctor.page import check_page
from edge.ops.doctor.result import CheckResult
from tests.edge.frontends.web.conftest import serving
from tests.edge.players.server_processes import free_port

LOOPBACK, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104


@pytest.fixture(autouse=True)
def without_waiting_for_the_daemon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "START_TIMEOUT", 0.0)


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Write the configuration of a page at a port."""

    def write(port: int | str, host: str = LOOPBACK, **more: str) -> None:
        settings = {"host": host, **more}
        lines = [f'{name} = "{value}"' for name, value in settings.items()]
        file = tmp_path / "page.toml"
        file.write_text("\n".join(["[web]", "enabled = true", f"port = {port}", *lines]))
        monkeypatch.setenv("MOODPI_CONFIG", str(file))

    return write


@contextmanager
def another_program(answer: bytes) -> Iterator[int]:
    """The port of a server that sends `answer` to each connection."""
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield port
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def checked() -> tuple[CheckResult, list[CheckResult]]:
    """The result about the page, and those after it."""
    result, *others = check_page()
    assert result.subject == "page"
    return result, others


@pytest.mark.parametrize("host", [LOOPBACK, EVERYWHERE])
def test_a_page_of_moodpi_is_served(configure, tmp_path: Path, host: str) -> None:
    with serving(tmp_path, "--host", host) as served:
        configure(urlsplit(served.url).port, host)
        result, _ = checked()
    assert result.status == "ok"
    assert ("serve --link" in result.detail) == (host == EVERYWHERE)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="not applicable: no openssl")
def test_a_page_over_https_is_served(configure, tmp_path: Path) -> None:
    subject = ("-subj", "/CN=pi", "-days", "2", "-nodes", "-newkey", "rsa:2048")
    files = ("-keyout", "key", "-out", "cert")
    command = ["openssl", "req", "-x509", *subject, *files]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    with serving(tmp_path, "--tls-cert", "cert", "--tls-key", "key") as served:
        tls = {"tls_cert": f"{tmp_path}/cert", "tls_key": f"{tmp_path}/key"}
        configure(urlsplit(served.url).port, **tls)
        assert checked()[0].status == "ok"
    with another_program(b"HTTP/1.0 200 OK\r\n\r\nok\n") as port:
        configure(port, **tls)
        assert "another program" in checked()[0].detail


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.0 200 OK\r\nServer: nginx\r\n\r\nok\n", b"OK MPD 0.23.5\n", b""]
)
def test_another_program_at_the_port_is_not_the_page(configure, answer: bytes) -> None:
    with another_program(answer) as port:
        configure(port)
        result, others = checked()
    assert (result.status, others) == ("missing", [])
    assert "another program" in result.detail
    assert "web.port" in result.fix


def test_a_port_without_a_program_does_not_answer(configure) -> None:
    configure(free_port())
    result, _ = checked()
    assert result.status == "missing"
    assert "does not answer" in result.detail


@pytest.mark.parametrize(
    ("avahi_runs", "fix"), [(False, "apt install avahi-daemon"), (True, "hostnamectl hostname")]
)
def test_a_name_that_is_not_announced_has_a_fix(
    configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, avahi_runs: bool, fix: str
) -> None:
    avahi = tmp_path / "avahi"
    if avahi_runs:
        avahi.touch()
    monkeypatch.setattr(home_address, "AVAHI_SOCKET", avahi)
    # Any free port: the check of the server is for fixed ones.
    configure(0, EVERYWHERE)
    _, (name,) = checked()
    assert (name.subject, name.status) == ("page name", "missing")
    assert home_address.local_name() in name.detail
    assert fix in name.fix
    configure(0, LOOPBACK)
    assert checked()[1] == []
