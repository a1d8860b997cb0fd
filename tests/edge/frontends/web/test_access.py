"""Access control: host names, origins, the token, TLS, and slow or oversized requests."""

from __future__ import annotations

import re
import socket
import ssl
import stat
import subprocess
import time
from pathlib import Path

import pytest

from edge.frontends.web.access_token import load_or_create
from tests.raising import raises

ANYWHERE = ("--host", "0.0.0.0")  # noqa: S104
NAME = socket.gethostname().partition(".")[0]


def token_of(served) -> str:
    return re.search(r"login#(\S+)", "".join(served.greeting))[1]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:80", NAME, f"{NAME.upper()}.local:8377"])
def test_a_name_of_this_machine_is_accepted(server, host: str) -> None:
    assert server.get("/api/status", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.9.8.7",
        "",
        "[",
        "[::1",
    ],
)
def test_a_foreign_host_is_refused(server, host: str) -> None:
    for path in ("/", "/api/status", "/healthz", "/static/page.js"):
        refused = server.get(path, headers={"Host": host})
        assert (refused.status_code, refused.json()["code"]) == (400, "wrong_host")


def test_a_configured_name_is_accepted(serve, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text('[web]\nnames = ["Kitchen.home"]\n')
    with serve("--config", str(tmp_path / "m.toml")) as served:
        assert served.get("/healthz", headers={"Host": "kitchen.HOME:8377"}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:1", "https://"]
)
def test_a_request_from_another_site_is_refused(server, portrait: Path, origin: str) -> None:
    content = portrait.read_bytes()
    refused = server.post("/api/recommend", content, headers={"Origin": origin})
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_origin")
    own = server.post("/api/recommend", content, headers={"Origin": server.url})
    assert own.status_code == 200


def test_responses_have_no_cors_headers(server) -> None:
    asked = {"Origin": server.url, "Access-Control-Request-Method": "POST"}
    answers = [server.get("/api/status"), httpx_options(server, asked)]
    assert not [name for a in answers for name in a.headers if name.startswith("access-control")]


def httpx_options(server, headers: dict[str, str]):
    import httpx

    return httpx.options(server.url + "/api/recommend", headers=headers)


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/api/status", "/nowhere", "/metrics"])
def test_every_response_has_security_headers(server, path: str) -> None:
    headers = server.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers


def test_a_token_is_required_beyond_loopback(serve, portrait: Path) -> None:
    with serve(*ANYWHERE) as served:
        token = token_of(served)
        assert served.get("/").headers["location"] == "login"
        for path in ("/api/status", "/api/events", "/metrics", "/openapi.json"):
            assert served.get(path).status_code == 401
        refused = served.post("/api/recommend", portrait.read_bytes())
        assert (refused.status_code, refused.json()["code"]) == (401, "no_token")
        assert served.get("/healthz").status_code == 200
        for wrong in ("x", token[:-1], token + "x", "é"):
            bearer = {"Authorization": f"Bearer {wrong}".encode()}
            assert served.get("/api/status", headers=bearer).status_code == 401
        right = {"Authorization": f"Bearer {token}"}
        assert served.get("/api/status", headers=right).status_code == 200


def test_a_token_is_required_behind_a_proxy_on_loopback(serve, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text('[web]\ntrusted_proxies = ["127.0.0.1"]\n')
    with serve("--config", str(tmp_path / "m.toml")) as served:
        assert served.get("/api/status").status_code == 401
        bearer = {"Authorization": f"Bearer {token_of(served)}"}
        assert served.get("/api/status", headers=bearer).status_code == 200


def test_the_token_is_exchanged_for_a_cookie(serve) -> None:
    with serve(*ANYWHERE) as served:
        token = token_of(served)
        wrong = served.post("/login", data={"token": "guess"})
        assert (wrong.status_code, wrong.headers["location"]) == (303, "login?wrong")
        assert "set-cookie" not in wrong.headers
        cookie = served.post("/login", data={"token": token}).headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=strict" in cookie.lower()
        assert token not in cookie
        pair = {"Cookie": cookie.partition(";")[0]}
        assert served.get("/api/status", headers=pair).status_code == 200
        assert (
            served.get("/api/status", headers={"Cookie": "moodpi=" + "0" * 64}).status_code == 401
        )
        assert token not in served.log.read_text()


@pytest.mark.parametrize("left", ["", None])
def test_an_empty_or_missing_token_file_is_replaced(tmp_path: Path, left: str | None) -> None:
    if left is not None:
        (tmp_path / "web-token").write_text(left)
    made, new = load_or_create(tmp_path)
    assert new
    assert stat.S_IMODE((tmp_path / "web-token").stat().st_mode) == 0o600
    assert load_or_create(tmp_path) == (made, False)
    assert [path.name for path in tmp_path.iterdir()] == ["web-token"]


def test_a_damaged_token_is_an_error_and_stays(tmp_path: Path) -> None:
    (tmp_path / "web-token").write_text("short\n")
    with raises("damaged_token"):
        load_or_create(tmp_path)
    assert (tmp_path / "web-token").read_text() == "short\n"


def test_the_token_file_is_private_and_the_token_is_printed_once(serve) -> None:
    with serve(*ANYWHERE) as served:
        token = token_of(served)
        path = served.state / "web-token"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_text().strip() == token
    with serve(*ANYWHERE) as again:
        assert token not in "".join(again.greeting)
        assert str(path) in again.greeting[0]
        bearer = {"Authorization": f"Bearer {token}"}
        assert again.get("/api/status", headers=bearer).status_code == 200


def test_https_with_a_certificate(serve, tmp_path: Path) -> None:
    httpx = pytest.importorskip("httpx")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    made += ["-keyout", "k.pem", "-out", "c.pem", "-subj", "/CN=localhost"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(made, cwd=tmp_path, check=True, capture_output=True)
    trusting = ssl.create_default_context(cafile=tmp_path / "c.pem")
    with serve("--tls-cert", "c.pem", "--tls-key", "k.pem", *ANYWHERE) as served:
        answer = httpx.post(
            served.url + "/login", data={"token": token_of(served)}, verify=trusting
        )
    assert answer.status_code == 303
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("options", "exit_code", "key"),
    [
        (("--tls-cert", "c.pem"), 2, "--tls-key FILE"),
        (("--tls-cert", "absent.pem", "--tls-key", "k.pem"), 1, "no such file: absent.pem"),
        (("--host", "192.0.2.1"), 1, "cannot serve on 192.0.2.1"),
        (("--port", "70000"), 2, "web.port = 70000: expected a whole number from 0 to 65535"),
    ],
)
def test_a_failed_start_prints_one_line(moodpi, options, exit_code: int, key: str) -> None:
    done = moodpi("serve", *options)
    assert (done.returncode, len(done.stderr.splitlines())) == (exit_code, 1)
    assert key in done.stderr


def test_a_port_in_use_is_reported(server, moodpi) -> None:
    port = server.url.rpartition(":")[2]
    done = moodpi("serve", "--port", port)
    assert done.returncode == 1
    assert f"port {port}: Address already in use: choose another address" in done.stderr


def test_connections_without_complete_headers_are_closed(server) -> None:
    address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    slow = [socket.create_connection(address) for _ in range(50)]
    for connection in slow[:40]:
        connection.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ")
    assert server.get("/healthz").status_code == 200
    begun = time.monotonic()
    for connection in slow:
        connection.settimeout(20)
        while connection.recv(4096):
            pass
        connection.close()
    assert time.monotonic() - begun < 20


@pytest.mark.long
def test_an_upload_that_never_ends_times_out(server) -> None:
    address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    with socket.create_connection(address, 40) as connection:
        connection.sendall(
            b"POST /api/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\nx"
        )
        assert connection.recv(4096).startswith(b"HTTP/1.1 408")


def test_oversized_headers_are_refused(server) -> None:
    address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    with socket.create_connection(address, 20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: " + b"a" * 40_000)
        assert connection.recv(4096).startswith(b"HTTP/1.1 4")
    assert server.get("/healthz").status_code == 200


def test_too_many_uploads_are_refused_until_some_end(serve, portrait: Path) -> None:
    with serve() as served:
        address = ("127.0.0.1", int(served.url.rpartition(":")[2]))
        head = b"POST /api/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n"
        slow = [socket.create_connection(address) for _ in range(16)]
        for connection in slow:
            connection.sendall(head + b"x")
        time.sleep(0.3)
        refused = served.post("/api/recommend", portrait.read_bytes())
        assert (refused.status_code, refused.json()["code"]) == (429, "busy")
        assert int(refused.headers["retry-after"]) > 0
        for connection in slow:
            connection.close()
        time.sleep(0.3)
        assert served.post("/api/recommend", portrait.read_bytes()).status_code == 200
