"""Clients that hold connections, do not read, or repeat requests: others are still served."""

from __future__ import annotations

import resource
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from edge.frontends.web.http_connection import HEADER_TIMEOUT
from edge.frontends.web.listener import MAX_CONNECTIONS_PER_CLIENT, SEND_TIMEOUT
from edge.frontends.web.server import HANDSHAKE_TIMEOUT
from edge.frontends.web.sse import MAX_SUBSCRIBERS
from tests.edge.frontends.web.conftest import Served, serving
from tests.edge.frontends.web.raw_http import connect, exchange, request
from tests.edge.portrait_camera import FakePerson, portrait_camera
from tests.edge.running_daemon import RunningDaemon
from tests.waiting import wait_for

pytestmark = pytest.mark.system

# Of a busy machine, in seconds.
SLACK = 20
OTHER_ADDRESS = "127.0.0.2"


def is_closed(connection: socket.socket) -> bool:
    connection.settimeout(0)
    try:
        while connection.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


def healthy_from(url: str, client: str) -> bool:
    """Whether the server answers a client at another address."""
    port = int(url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 20, source_address=(client, 0)) as other:
        other.sendall(request("GET", "/healthz"))
        return other.recv(4096).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GET / HTTP/1.1\r\nX-A: ",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nx",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=["nothing", "a part of the headers", "a part of the body", "one request"],
)
def test_two_hundred_connections_lock_nobody_out(serve, content: bytes) -> None:
    with serve() as served, ExitStack() as stack:
        connections = [stack.enter_context(connect(served.url)) for _ in range(200)]
        for connection in connections:
            with suppress(OSError):  # one beyond the limit
                connection.sendall(content)
        wait_for(
            lambda: sum(map(is_closed, connections)) >= 200 - MAX_CONNECTIONS_PER_CLIENT,
            "the connections beyond the limit to be closed",
        )
        assert healthy_from(served.url, OTHER_ADDRESS)
        wait_for(
            lambda: all(map(is_closed, connections)),
            "the other connections to be closed",
            HEADER_TIMEOUT + SLACK,
        )
        assert served.get("/healthz").status_code == 200
        assert served.log.read_text() == ""


def open_sockets(served: Served) -> int:
    files = Path(f"/proc/{served.process.pid}/fd").iterdir()
    return sum(str(file.readlink()).startswith("socket:") for file in files)


def test_a_client_that_does_not_read_is_disconnected(serve) -> None:
    content = b"GET /static/page.js HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20_000
    with serve() as served, ExitStack() as stack:
        before = open_sockets(served)
        port = int(served.url.rpartition(":")[2])
        for _ in range(10):
            connection = stack.enter_context(socket.socket())
            for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                connection.setsockopt(socket.SOL_SOCKET, option, 4096)
            connection.settimeout(1)
            connection.connect(("127.0.0.1", port))
            with pytest.raises(TimeoutError):
                connection.sendall(content)
        assert open_sockets(served) == before + 10
        wait_for(
            lambda: open_sockets(served) == before,
            "the connections to be closed",
            SEND_TIMEOUT + HEADER_TIMEOUT + 2 * SLACK,
        )
        assert served.get("/healthz").status_code == 200
        assert served.log.read_text() == ""


def test_a_tls_handshake_has_a_timeout(serve, tmp_path: Path) -> None:
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    made += ["-keyout", "k.pem", "-out", "c.pem", "-subj", "/CN=localhost"]
    subprocess.run(made, cwd=tmp_path, check=True, capture_output=True)
    with (
        serve("--tls-cert", "c.pem", "--tls-key", "k.pem") as served,
        ExitStack() as stack,
    ):
        connections = [stack.enter_context(connect(served.url)) for _ in range(100)]
        assert healthy_in_tls(served)
        for connection in connections[:20]:
            connection.sendall(b"\x16\x03\x01\x02\x00\x01\x00")
        wait_for(
            lambda: all(map(is_closed, connections)),
            "the connections to be closed",
            HANDSHAKE_TIMEOUT + SLACK,
        )
        assert served.log.read_text() == ""


def healthy_in_tls(served: Served) -> bool:
    port = int(served.url.rpartition(":")[2])
    asked = ["openssl", "s_client", "-quiet", "-connect", f"127.0.0.1:{port}"]
    asked += ["-bind", f"{OTHER_ADDRESS}:0"]
    done = subprocess.run(
        asked, input=request("GET", "/healthz"), capture_output=True, timeout=60, check=False
    )
    return b"200 OK" in done.stdout


def test_event_streams_that_start_at_once_have_a_limit(serve) -> None:
    content = request("GET", "/api/events")
    with serve() as served:
        for _ in range(2):
            with ExitStack() as stack:
                count = MAX_CONNECTIONS_PER_CLIENT
                streams = [stack.enter_context(connect(served.url)) for _ in range(count)]
                for stream in streams:
                    stream.sendall(content)
                statuses = Counter(stream.recv(12)[9:] for stream in streams)
            assert statuses == {b"200": MAX_SUBSCRIBERS, b"429": count - MAX_SUBSCRIBERS}
            wait_for(
                lambda: exchange(served.url, request("HEAD", "/api/events")).status == 200,
                "the seats to be free",
            )


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory, portrait: Path) -> Iterator[RunningDaemon]:
    person = FakePerson(tmp_path_factory.mktemp("person"), portrait)
    configuration = '[web]\nenabled = true\nport = 0\n[player]\nkind = "print"\n'
    with (
        portrait_camera(person.picture) as url,
        RunningDaemon(tmp_path_factory.mktemp("r"), url, configuration) as daemon,
    ):
        yield daemon


def test_the_page_leaves_descriptors_to_the_daemon(daemon: RunningDaemon) -> None:
    limit = 240
    resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
    wait_for(lambda: "moodpi is at http" in daemon.log.read_text(), "the page")
    port = int(daemon.log.read_text().partition("moodpi is at http://127.0.0.1:")[2].split("/")[0])
    frames = daemon.status()["frames"]
    with ExitStack() as stack:
        for number in range(1300):
            address = (f"127.0.0.{2 + number % 20}", 0)
            stack.enter_context(socket.create_connection(("127.0.0.1", port), 20, address))
            if number % 100 == 0:
                assert daemon.run_command("status")[0] == 0
        files = len(list(Path(f"/proc/{daemon.process.pid}/fd").iterdir()))
        assert files < limit - 100
        assert daemon.run_command("like", "3nDoW03DGZIYWp07miyeT1")[0] == 0
    assert daemon.status()["frames"] > frames
    assert "Traceback" not in daemon.log.read_text()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/command", b'{"command": "next"}'),
        ("/api/feedback", b'{"verdict": "ban", "artist": "Nobody At All Of That Name"}'),
        ("/metrics", b""),
        ("/login", b""),
        ("/api/status", b""),
    ],
)
def test_repeated_requests_leave_the_page_and_the_daemon_responsive(
    daemon: RunningDaemon, tmp_path: Path, path: str, body: bytes
) -> None:
    method = "POST" if body else "GET"
    content = request(method, path, body=body)
    deadline = time.monotonic() + 5

    def flood(url: str) -> Counter[int]:
        statuses: Counter[int] = Counter()
        while time.monotonic() < deadline:
            statuses[exchange(url, content).status] += 1
        return statuses

    with serving(tmp_path, **daemon.environment) as served, ThreadPoolExecutor(12) as threads:
        wait_for(lambda: served.get("/api/status").json()["daemon"] is not None, "the daemon")
        deadline = time.monotonic() + 5
        floods = [threads.submit(flood, served.url) for _ in range(12)]
        while time.monotonic() < deadline:
            assert served.get("/healthz").status_code == 200
            assert daemon.run_command("status")[0] == 0
        statuses = sum((each.result() for each in floods), Counter[int]())
        assert max(statuses) < 500
        assert served.log.read_text() == ""
