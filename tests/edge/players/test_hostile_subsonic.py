"""Subsonic servers that answer slowly, wrongly or without end."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from edge.players import subsonic_api
from edge.players.server_stars import ServerStars
from edge.players.subsonic_api import SubsonicApi
from edge.players.subsonic_player import SubsonicServer
from tests.raising import raises

PASSWORD = "s3cret"  # noqa: S105


@contextmanager
def serving(respond: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[SubsonicApi]:
    """The client of a server that calls `respond` for each request."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            respond(self)

        def log_message(self, *_: object) -> None:
            """Do nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield SubsonicApi(f"http://me@127.0.0.1:{server.server_port}", PASSWORD)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def send(handler: BaseHTTPRequestHandler, content: bytes, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<xml/>",
        b"\xff\xfe",
        b"[" * 100_000,
        b"null",
        b'{"subsonic-response": []}',
        b'{"subsonic-response": {"status": "failed", "error": 3}}',
        b'{"subsonic-response": {"status": {}}}',
    ],
)
def test_an_answer_of_another_form_is_an_error(content):
    with serving(lambda handler: send(handler, content)) as api, raises("invalid_answer"):
        api.connect()


@pytest.mark.parametrize("part", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_an_answer_that_trickles_ends_at_its_deadline(part, monkeypatch):
    monkeypatch.setattr(subsonic_api, "TIMEOUT", 0.3)
    ended = threading.Event()

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(part)
        deadline = time.monotonic() + 20
        try:
            while time.monotonic() < deadline:
                handler.wfile.write(b"a")
                time.sleep(0.02)
        except OSError:
            ended.set()

    with serving(trickle) as api:
        with raises("server_unreachable"):
            api.connect()
        assert ended.wait(10)


def test_a_redirection_is_not_followed():
    requested: list[str] = []

    def other(handler: BaseHTTPRequestHandler) -> None:
        requested.append(handler.path)
        send(handler, b"")

    with serving(other) as target:

        def redirect(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(302)
            handler.send_header("Location", target.stream_url("1"))
            handler.end_headers()

        with serving(redirect) as api, raises("invalid_answer"):
            api.connect()
    assert not requested


def test_a_server_that_repeats_its_albums_is_listed_once():
    """A server can ignore the offset, and an album that is added meanwhile moves the others."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        url = urlsplit(handler.path)
        (album_id,) = parse_qs(url.query).get("id", ["none"])
        answer = {"status": "ok", "albumList2": {"album": [{"id": "b"}, {"id": "a"}]}}
        if "getAlbum." in url.path:
            answer = {"status": "ok", "album": {"song": [{"id": f"song of {album_id}"}]}}
        send(handler, json.dumps({"subsonic-response": answer}).encode())

    with serving(respond) as api:
        assert [song["id"] for song in api.songs()] == ["song of a", "song of b"]


def test_a_listing_has_a_time_limit_as_a_whole(monkeypatch):
    """Each answer is in time; every page names one more album."""
    monkeypatch.setattr(subsonic_api, "LISTING_TIMEOUT", 0.5)
    monkeypatch.setattr(subsonic_api, "ALBUM_TIMEOUT", 0.01)

    def respond(handler: BaseHTTPRequestHandler) -> None:
        url = urlsplit(handler.path)
        answer = {"status": "ok", "album": {"song": []}}
        if "getAlbumList2." in url.path:
            (offset,) = parse_qs(url.query)["offset"]
            answer = {"status": "ok", "albumList2": {"album": [{"id": offset}]}}
        time.sleep(0.05)
        send(handler, json.dumps({"subsonic-response": answer}).encode())

    with serving(respond) as api, raises("listing_too_slow"):
        list(api.songs())


def test_a_song_that_the_server_refuses_to_star_does_not_hold_back_the_others() -> None:
    requested: list[str] = []

    def respond(handler: BaseHTTPRequestHandler) -> None:
        address = urlsplit(handler.path)
        (song,) = parse_qs(address.query).get("id", [""])
        if song:
            requested.append(song)
        answer = {"status": "ok", "starred2": {}}
        if song == "gone":
            answer = {"status": "failed", "error": {"code": 70, "message": "not found"}}
        send(handler, json.dumps({"subsonic-response": answer}).encode())

    uris = {"a": "subsonic:gone", "b": "subsonic:1", "c": "subsonic:2"}
    with serving(respond) as api:
        stars = ServerStars(SubsonicServer(api))
        for _ in range(2):
            stars.read_soon()
            for _ in range(5):
                stars.update(dict.fromkeys(uris, True), uris)
    assert requested == ["gone", "1", "2", "gone"]
