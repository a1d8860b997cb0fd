"""Requests that no browser sends get an error with the security headers, never a status 500."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")

from edge.frontends.web.routes import Routes
from edge.frontends.web.security_headers import HEADERS
from tests.edge.frontends.web.conftest import Served
from tests.edge.frontends.web.in_process import BEARER, InProcess
from tests.edge.frontends.web.raw_http import RawResponse, exchange, request

FORM = "Content-Type: multipart/form-data; boundary=b"


@pytest.fixture
def server(server: Served) -> Any:
    """The server; nothing that a client sends is worth a line of its log."""
    yield server
    assert server.log.read_text() == ""


def assert_refused(response: RawResponse, *statuses: int) -> None:
    assert response.status in statuses, response
    for name, value in HEADERS.items():
        assert response.headers[name.lower()] == value.lower()
    assert response.headers["cache-control"] == "no-store"
    document = json.loads(response.body)
    assert document.keys() == {"error", "code"}
    assert len(document["error"]) <= 500
    assert document["error"].isprintable()


BODIES = {
    "a list in a value": b'{"verdict": ["like"]}',
    "an object in a value": b'{"verdict": {"a": 1}, "command": {"a": 1}}',
    "1,200 lists": b'{"verdict":' + b"[" * 1200 + b"]" * 1200 + b"}",
    "2,000 open lists": b"[" * 2000,
    "600 objects": b'{"a":' * 600 + b"1" + b"}" * 600,
    "a surrogate as an artist": b'{"verdict":"like","artist":"\\ud800"}',
    "a surrogate as a track": b'{"verdict":"like","track":"\\udfff"}',
    "a surrogate as a verdict": b'{"verdict":"\\ud800","track":"x"}',
    "a surrogate as a command": b'{"command":"\\ud800"}',
    "a surrogate as a strategy": b'{"command":"strategy","strategy":"\\ud800"}',
    "a surrogate as a name": b'{"\\ud800":"a"}',
    "NaN": b'{"verdict":NaN,"command":NaN}',
    "a number": b'{"verdict":1e999,"command":-0}',
    "4,000 digits": b'{"verdict":' + b"9" * 4000 + b"}",
    "NUL": b'{"verdict":"like","artist":"a\\u0000b"}',
    "escape sequences": b'{"verdict":"like","artist":"\\u001b[31m\\r\\nSet-Cookie: a=b"}',
    "text that runs backwards": b'{"command":"\\u202enext"}',
    "a long text": b'{"command":"' + b"a" * 4000 + b'"}',
    "a long name": b'{"' + b"a" * 4000 + b'":"a"}',
    "a repeated name": b'{"command":"next","command":"pause","verdict":"ban","verdict":"like"}',
    "bytes that are no UTF-8": b'{"verdict":"like","artist":"\xff"}',
    "UTF-16": '{"verdict":"like","artist":"x"}'.encode("utf-16"),
    "a list of pairs": b'[["verdict","like"],["command","next"]]',
    "nothing": b" ",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("path", ["/api/feedback", "/api/command"])
def test_hostile_json_is_refused(server: Served, path: str, body: bytes) -> None:
    assert_refused(exchange(server.url, request("POST", path, body=body)), 400)


@pytest.mark.parametrize(
    "query",
    [
        "strategy=" + "a" * 12_000,
        "a" * 12_000 + "=1",
        "strategy=%ff%fe",
        "strategy=%ed%a0%80",
        "model=%00%0d%0aSet-Cookie:%20a=b",
        "model=../../etc&format=passwd",
        "count=" + "9" * 5000,
        "count=%D9%A3",
        "count=%C2%B2",
        "seed=1e5",
        "face=-0",
        "count=1&count=2",
        "&".join(f"model=a{number}" for number in range(700)),
        "%1b[31m=1",
    ],
)
def test_a_hostile_query_is_refused(server: Served, query: str) -> None:
    content = request("POST", f"/api/recommend?{query}", body=b"x")
    assert_refused(exchange(server.url, content), 400)


def part(header: str, value: bytes = b"x") -> bytes:
    return b"--b\r\n" + header.encode("latin-1") + b"\r\n\r\n" + value + b"\r\n"


NAMED = 'Content-Disposition: form-data; name="{}"'
PHOTO = part(NAMED.format("image"), b"\xff\xd8\xff")
END = b"--b--\r\n"
FORMS = {
    "nine parts": PHOTO + b"".join(part(NAMED.format(f"a{n}")) for n in range(8)) + END,
    "two photos": PHOTO + PHOTO + END,
    "no photo": part(NAMED.format("seed"), b"1") + END,
    "a repeated field": PHOTO + part(NAMED.format("seed"), b"1") * 2 + END,
    "a field of 101 bytes": PHOTO + part(NAMED.format("model"), b"a" * 101) + END,
    "a field that is no UTF-8": PHOTO + part(NAMED.format("model"), b"\xff") + END,
    "a field with a control character": PHOTO + part(NAMED.format("model"), b"\x1b[31m") + END,
    "a name of 101 bytes": PHOTO + part(NAMED.format("a" * 101)) + END,
    "a name that is no UTF-8": PHOTO + part(NAMED.format("\xff")) + END,
    "an empty name": PHOTO + part(NAMED.format("")) + END,
    "a part without a name": PHOTO + part("Content-Disposition: form-data") + END,
    "a part without headers": PHOTO + b"--b\r\n\r\nx\r\n" + END,
    "a name with a character set": PHOTO
    + part("Content-Disposition: form-data; name*=x''%ff")
    + END,
    "a header of 3,000 bytes": PHOTO + part("X-A: " + "a" * 3000) + END,
    "500 headers": PHOTO + part("\r\n".join(["a:b"] * 500)) + END,
    "an unknown field": PHOTO + part(NAMED.format("facce")) + END,
    "no end": PHOTO,
    "nothing": b"\r\n",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_hostile_form_is_refused(server: Served, form: bytes) -> None:
    content = request("POST", "/api/recommend", FORM, body=form)
    assert_refused(exchange(server.url, content), 400)


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=" + "b" * 8000,
        "multipart/form-data; boundary=\xff",
        "multipart/form-data; boundary*=utf-8''%ff%00",
        'multipart/form-data; x="' + '\\"' * 6000,
        'multipart/form-data; x="' + ";" * 12_000,
    ],
)
def test_a_hostile_content_type_is_refused(server: Served, content_type: str) -> None:
    headers = f"Content-Type: {content_type}"
    content = request("POST", "/api/classify", headers, body=PHOTO + END)
    assert_refused(exchange(server.url, content), 400)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1%.evil.example",
        "127.0.0.1%25lo",
        "[",
        "[]",
        "[::1%lo]",
        "[127.0.0.1",
        "localhost@evil.example",
        "evil.example@localhost",
        "localhost/evil",
        "localhost#evil",
        "localhost:port",
        "localhost:123456",
        "localhost:80:80",
        "2130706433",
        "0x7f000001",
        "127.1",
        "\xe9",
        "a" * 5000,
    ],
)
def test_a_hostile_host_is_refused(server: Served, host: str) -> None:
    for path in ("/", "/api/status", "/healthz"):
        assert_refused(exchange(server.url, request("GET", path, host=host)), 400)


@pytest.mark.parametrize(
    "origin",
    [
        *("http://[", "http://[::1", "http://]", "http://a[b]c", "http://[v1.x]", "", "null"),
        *("http://\xe9", "http://localhost\xe3\x80\x80:80", "//localhost", "file://", "localhost"),
        *("http://localhost.evil.example", "http://evil.example#localhost", "http://x@localhost"),
    ],
)
def test_a_hostile_origin_is_refused(server: Served, origin: str) -> None:
    for path in ("/", "/api/status", "/healthz"):
        response = exchange(server.url, request("GET", path, f"Origin: {origin}"))
        assert_refused(response, 403)


@pytest.mark.parametrize("origin", ["http://localhost", "https://LOCALHOST"])
def test_the_origin_of_the_page_is_accepted(server: Served, origin: str) -> None:
    content = request("GET", "/healthz", f"Origin: {origin}")
    assert exchange(server.url, content).status == 200


CHUNKED = "Transfer-Encoding: chunked"
INVALID_HTTP = {
    "no request": b"\r\nnonsense\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "two hosts": request("GET", "/healthz", "Host: evil.example"),
    "a header of 20,000 bytes": request("GET", "/healthz", "X-A: " + "a" * 20_000),
    "5,000 headers": request("GET", "/healthz", *["a: b"] * 5000),
    "a query of 40,000 bytes": request("GET", "/api/status?" + "a" * 40_000),
    "NUL in a header": request("GET", "/healthz", "X-A: a\0b"),
    "a length of 5,000 digits": request("POST", "/login", "Content-Length: " + "9" * 5000),
    "a negative length": request("POST", "/login", "Content-Length: -1"),
    "two lengths": request("POST", "/login", "Content-Length: 9", body=b"token=x"),
    "a length and chunks": request("POST", "/login", CHUNKED, body=b"0\r\n\r\n"),
    "an unknown encoding": request("POST", "/login", "Transfer-Encoding: gzip, chunked"),
    "a chunk of no length": request("POST", "/login", CHUNKED) + b"zz\r\n",
    "a chunk length of 20,000 digits": request("POST", "/login", CHUNKED) + b"0" * 20_000,
    "a chunk extension of 20,000 bytes": request("POST", "/login", CHUNKED) + b"5;" + b"a" * 20_000,
    "20,000 chunks of a byte": request("POST", "/api/classify", CHUNKED) + b"1\r\nx\r\n" * 20_000,
    "trailers of 40,000 bytes": request("POST", "/login", CHUNKED) + b"0\r\n" + b"a: b\r\n" * 7000,
}


@pytest.mark.parametrize("content", INVALID_HTTP.values(), ids=INVALID_HTTP)
def test_invalid_http_is_refused_with_the_security_headers(server: Served, content: bytes) -> None:
    assert_refused(exchange(server.url, content), 400)


@pytest.mark.parametrize("path", ["/", "/healthz", "/nowhere"])
@pytest.mark.parametrize("garbage", [b"zz\r\n", b"1\r\nx\r\n" * 20_000, b"\xff" * 40_000])
def test_a_body_that_nothing_reads_is_bounded(server: Served, path: str, garbage: bytes) -> None:
    content = request("GET", path, CHUNKED).replace(b"Connection: close\r\n", b"")
    response = exchange(server.url, content + b"1\r\nx\r\n" + garbage)
    assert response.status in (200, 400, 404)


def test_a_body_without_a_length_and_without_an_end_is_refused(server: Served) -> None:
    chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    for method, path in (("POST", "/api/classify"), ("POST", "/login"), ("GET", "/")):
        response = exchange(server.url, request(method, path, CHUNKED) + chunk * 400)
        assert response.status in (200, 413)


@pytest.mark.parametrize(
    "path", ["/%00", "/static/%1b[31m", "/%ff", "/" + "a" * 9000, "/static/..%2f..%2fsecret"]
)
def test_a_hostile_path_is_not_found(server: Served, path: str) -> None:
    assert_refused(exchange(server.url, request("GET", path)), 404)


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "PROPFIND", "A" * 9000])
def test_an_unknown_method_is_refused(server: Served, method: str) -> None:
    assert_refused(exchange(server.url, request(method, "/api/status")), 405)


def test_an_unexpected_error_is_logged_once_and_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(*_: object) -> None:
        raise RuntimeError("a detail")

    monkeypatch.setattr(Routes, "status", fails)
    failed = InProcess(tmp_path).get("/api/status", headers=BEARER)
    assert failed.status_code == 500
    assert failed.json()["code"] == "failed"
    assert "detail" not in failed.text
    assert failed.headers.items() >= {(k.lower(), v) for k, v in HEADERS.items()}
    [record] = [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert "a detail" in str(record.exc_info[1])
