"""Mutated requests on a plain socket: no status 500, no trace in the log, no growth."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.edge.frontends.web.conftest import Served
from tests.edge.frontends.web.raw_http import exchange, request
from tests.waiting import wait_for

SEED = 16
# Longer than the server takes to answer a complete request; most mutations are complete.
TIMEOUT = 0.3
GROWTH_MB = 10
THREADS = 16
FORM = (
    b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
    b'\x89PNG\r\n\r\n--b\r\nContent-Disposition: form-data; name="count"\r\n\r\n3\r\n--b--\r\n'
)
FORM_TYPE = "Content-Type: multipart/form-data; boundary=b"
REQUESTS = (
    request("GET", "/"),
    request("GET", "/static/page.js", "Accept-Encoding: gzip", 'If-None-Match: "a"'),
    request("GET", "/healthz", "Cookie: a=b; moodpi=c", "Authorization: Bearer x"),
    request("GET", "/api/status?a=1", "Origin: http://localhost", "X-Forwarded-For: 192.0.2.1"),
    request("HEAD", "/api/events"),
    request("GET", "/metrics", "Expect: 100-continue", "Upgrade: websocket"),
    request("GET", "/openapi.json", "Range: bytes=0-5", "Forwarded: for=192.0.2.1"),
    request("OPTIONS", "/api/feedback", "Access-Control-Request-Method: POST"),
    request("POST", "/login", body=b"token=a%20b&next=%2F"),
    request("POST", "/api/feedback", body=b'{"verdict": "like", "artist": "Nobody \\u00e9"}'),
    request("POST", "/api/command", body=b'{"command": "strategy", "strategy": "lift"}'),
    request("POST", "/api/classify?model=simple_cnn&format=int8.tflite", body=b"\xff\xd8\xff\xd9"),
    request("POST", "/api/recommend?count=3&seed=7", FORM_TYPE, body=FORM),
    request("POST", "/api/recommend", "Transfer-Encoding: chunked")
    + b"5\r\nhello\r\n1;a=b\r\nx\r\n0\r\nTrailer: c\r\n\r\n",
)
TOKENS = (
    *(b"\r\n", b"\n", b"\0", b" ", b"\t", b":", b";", b",", b'"', b"\\", b"[", b"]", b"{", b"}"),
    *(b"%00", b"%ff", b"%", b"&", b"=", b"..", b"/", b"@", b"#", b"\xff", b"\xed\xa0\x80", b"\x1b"),
    *(b"\\ud800", b"\\u0000", b"NaN", b"1e999", b"-1", b"9" * 5000, b"[" * 2000, b"a" * 300),
    *(b"chunked", b"Content-Length: 5", b"Transfer-Encoding: chunked", b"HTTP/1.0", b"CONNECT"),
    *(b"--b\r\n", b"--b--", b"name*=utf-8''a", b"Host: [", b"Origin: http://[", b"multipart"),
    *(b"Connection: keep-alive, Upgrade", b"\xc2\xb2", "\u0661".encode(), b"\r\n\r\n"),
)


def mutated(generator: random.Random) -> bytes:
    """A request with one to six changes."""
    content = bytearray(generator.choice(REQUESTS))
    for _ in range(generator.randint(1, 6)):
        start = generator.randrange(len(content) + 1)
        end = min(len(content), start + generator.randint(0, 20))
        change = generator.randrange(6)
        if change == 0:
            content[start:end] = generator.choice(TOKENS)
        elif change == 1:
            content[start:start] = generator.choice(TOKENS)
        elif change == 2:
            content[start:end] = generator.randbytes(end - start)
        elif change == 3:
            content[start:start] = content[start:end] * generator.randint(1, 30)
        elif change == 4:
            del content[start:end]
        else:
            content[start:] = generator.choice(REQUESTS)[start:]
    return bytes(content)


def open_files(served: Served) -> int:
    return len(list(Path(f"/proc/{served.process.pid}/fd").iterdir()))


def check_requests(served: Served, seed: int, count: int, warm_up: int) -> None:
    """Send `count` mutated requests; the server is the same afterwards, and its log empty.

    warm_up: The number of requests before them, which fill caches.
    """
    generator = random.Random(seed)
    requests = [mutated(generator) for _ in range(count)]
    with ThreadPoolExecutor(THREADS) as threads:
        first = [*REQUESTS, *(mutated(generator) for _ in range(warm_up))]
        list(threads.map(lambda content: exchange(served.url, content, TIMEOUT), first))
        memory, files = served.megabytes, open_files(served)
        responses = list(
            threads.map(lambda content: exchange(served.url, content, TIMEOUT), requests)
        )
    for content, response in zip(requests, responses, strict=True):
        assert response.status < 500, f"seed {seed}: {content[:300]!r}"
        if response.status:
            assert response.headers["x-content-type-options"] == "nosniff", content
    assert {200, 400, 404} <= {response.status for response in responses}
    assert served.get("/healthz").status_code == 200
    assert served.log.read_text() == ""
    assert served.megabytes - memory < GROWTH_MB
    wait_for(lambda: open_files(served) <= files, "the connections to be closed")


def test_mutated_requests_get_no_status_500(serve) -> None:
    with serve() as served:
        check_requests(served, SEED, 300, warm_up=100)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 6))
def test_thousands_of_mutated_requests_get_no_status_500(serve, seed: int) -> None:
    with serve() as served:
        check_requests(served, seed, 1000, warm_up=1000)
