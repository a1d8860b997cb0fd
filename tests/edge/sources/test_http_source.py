"""Cameras over HTTP: the dialects of streams, single pictures, errors, user name and password."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
import socket
import time

import cv2
import numpy as np
import pytest

from edge.config.settings import SourceSettings
from edge.frame import Frame
from edge.sources import open_source
from edge.sources.http_source import HttpSource
from moodpi.errors import UsageError
from tests.edge.sources.hostile_camera import OK, hostile_camera, jpeg, once
from tests.raising import raises

SETTINGS = SourceSettings(open_timeout=2, read_timeout=2, frame_rate=60)
PICTURE = jpeg(64, 48)
SIZE = b"%d" % len(PICTURE)
TYPE = b"Content-Type: image/jpeg\r\n"
LENGTH = b"Content-Length: " + SIZE + b"\r\n"


def stream(head: bytes, part: bytes, *, end: bytes = b"\r\n", before: bytes = b"") -> bytes:
    """An answer of three parts. head: its content type; part: all of a part but the picture."""
    parts = (part + b"\r\n" + PICTURE + end) * 3
    return OK + b"Content-Type: " + head + b"\r\n\r\n" + before + parts


MIXED = b"multipart/x-mixed-replace;boundary=frame"
DIALECTS = {
    "plain": stream(MIXED, b"--frame\r\n" + TYPE + LENGTH),
    "no boundary before the first part": stream(MIXED, TYPE + LENGTH, end=b"\r\n--frame\r\n"),
    "no length": stream(MIXED, b"--frame\r\n" + TYPE),
    "image/jpg": stream(MIXED, b"--frame\r\nContent-Type: image/jpg\r\n" + LENGTH),
    "type options": stream(MIXED, b"--frame\r\nContent-Type: image/jpeg;size=" + SIZE + b"\r\n"),
    "no type": stream(MIXED, b"--frame\r\n" + LENGTH),
    "wrong length": stream(MIXED, b"--frame\r\n" + TYPE + b"Content-Length: 7\r\n"),
    "negative length": stream(MIXED, b"--frame\r\n" + TYPE + b"Content-Length: -1\r\n"),
    "line feeds": stream(MIXED, b"--frame\n" + TYPE.replace(b"\r", b""), end=b"\n"),
    "quoted": stream(b'multipart/x-mixed-replace; boundary="frame"', b"--frame\r\n" + TYPE),
    "dashes": stream(b"multipart/x-mixed-replace; boundary=--frame", b"--frame\r\n" + TYPE),
    "closing dashes": stream(b"multipart/x-mixed-replace;boundary=f--", b"--f--\r\n" + TYPE),
    "no boundary at all": stream(b"multipart/x-mixed-replace", b""),
    "a length of the whole": stream(MIXED + b"\r\nContent-Length: 0", b"--frame\r\n" + TYPE),
    "no content type": OK + b"\r\n" + (b"--frame\r\n" + TYPE + b"\r\n" + PICTURE) * 3,
    "pictures alone": OK + b"Content-Type: video/x-motion-jpeg\r\n\r\n" + PICTURE * 3,
    "a wrong content type": stream(b"text/html", b"--frame\r\n" + TYPE),
}


def frames_of(url: str, count: int, settings: SourceSettings = SETTINGS) -> list[Frame]:
    with HttpSource(url, settings) as source:
        frames = [source.read() for _ in range(count)]
    return [frame for frame in frames if frame is not None]


def chunked(connection: socket.socket) -> None:
    """Chunks that cut headers and pictures, as an ESP32 sends."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: ")
    connection.sendall(MIXED + b"\r\n\r\n")
    for part in (b"\r\n--frame\r\n", TYPE, b"\r\n", PICTURE[:99], PICTURE[99:]) * 3:
        connection.sendall(b"%x\r\n" % len(part) + part + b"\r\n")
    connection.sendall(b"0\r\n\r\n")


@pytest.mark.parametrize("answer", [*DIALECTS.values(), chunked], ids=[*DIALECTS, "chunked"])
def test_every_picture_of_every_dialect_is_read_and_the_end_is_an_error(answer) -> None:
    with (
        hostile_camera(answer if callable(answer) else once(answer)) as camera,
        HttpSource(f"http://127.0.0.1:{camera.port}/video", SETTINGS) as source,
    ):
        for index in range(3):
            frame = source.read()
            assert (frame.grey.shape, frame.index) == ((48, 64), index)
        with raises("stream_ended"):
            source.read()
        assert source.dropped == 0


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp", ".tiff"])
def test_a_single_picture_is_requested_again_and_again(suffix: str) -> None:
    content = cv2.imencode(suffix, np.full((48, 64, 3), 90, np.uint8))[1].tobytes()
    with hostile_camera(once(OK + b"Content-Type: image/x\r\n\r\n" + content)) as camera:
        frames = frames_of(f"http://127.0.0.1:{camera.port}/now", 4)
        assert camera.requests == 4
    assert [frame.grey.shape for frame in frames] == [(48, 64)] * 4
    assert [frame.index for frame in frames] == [0, 1, 2, 3]


@pytest.mark.parametrize("head", [b"", b"Content-Type: application/octet-stream\r\n"])
def test_a_single_picture_is_recognized_without_its_type(head: bytes) -> None:
    answer = OK + head + LENGTH + b"\r\n" + PICTURE
    with hostile_camera(once(answer)) as camera:
        assert len(frames_of(f"http://127.0.0.1:{camera.port}/video.mp4", 3)) == 3


@pytest.mark.parametrize("head", [b"", b"Content-Type: " + MIXED + b"\r\n\r\n--frame\r\n" + TYPE])
def test_a_stream_of_one_picture_is_a_single_picture(head: bytes) -> None:
    answer = OK + head + b"\r\n" + PICTURE + b"\r\n"
    with hostile_camera(once(answer)) as camera:
        frames = frames_of(f"http://127.0.0.1:{camera.port}/now", 4)
        assert camera.requests == 4
    assert [frame.index for frame in frames] == [0, 1, 2, 3]


def test_single_pictures_come_at_the_frame_rate_at_most() -> None:
    with hostile_camera(once(OK + TYPE + b"\r\n" + PICTURE)) as camera:
        before = time.monotonic()
        settings = SourceSettings(frame_rate=10)
        frames_of(f"http://127.0.0.1:{camera.port}/now", 4, settings)
        assert time.monotonic() - before >= 0.3


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (b"HTTP/1.0 404 Gone fishing\r\n\r\n", "no_stream", ["404 Gone fishing"]),
        (b"HTTP/1.0 503 Busy\r\n\r\n", "no_stream", ["503 Busy", "other programs"]),
        (b"HTTP/1.0 401 Unauthorized\r\n\r\n", "unauthorized", ["401", "user name"]),
        (OK + b"Content-Type: text/html\r\n\r\n<html>", "no_stream", ["200 OK", "text/html"]),
        (OK + b"Content-Type: text/\x1b[31m\r\n\r\n<html>", "no_stream", ["text/"]),
        (b"SSH-2.0-OpenSSH\r\n", "no_stream", []),
        (b"", "no_stream", []),
        (b"HTTP/1.0 302 Found\r\nLocation: ftp://127.0.0.1/\r\n\r\n", "no_stream", ["redirects"]),
        (b"HTTP/1.0 302 Found\r\nLocation: /\r\n\r\n", "no_stream", ["redirects"]),
        (b"HTTP/1.0 302 Found\r\nLocation: http://[/\r\n\r\n", "no_stream", []),
        (OK + b"Content-Type: image/svg+xml\r\n\r\n<svg/>", "damaged_stream", []),
        (OK + TYPE + LENGTH + b"\r\n" + PICTURE[:99], "stream_ended", ["99 of"]),
    ],
)
def test_an_error_states_what_the_camera_answers(answer, code, words) -> None:
    with hostile_camera(once(answer)) as camera, raises(code) as error:
        frames_of(f"http://127.0.0.1:{camera.port}/video", 1)
    assert [word for word in words if word not in str(error.value)] == []
    assert "\x1b" not in str(error.value)


def test_damaged_pictures_are_counted_and_named_once(caplog) -> None:
    damaged = PICTURE[:-2] + PICTURE[:20]
    content = (PICTURE + damaged) * 2 + PICTURE
    caplog.set_level(logging.WARNING)
    with (
        hostile_camera(once(OK + b"Content-Type: " + MIXED + b"\r\n\r\n" + content)) as camera,
        HttpSource(f"http://127.0.0.1:{camera.port}/video", SETTINGS) as source,
    ):
        assert [source.read().index for _ in range(3)] == [0, 1, 2]
        assert source.dropped == 4
    assert [record.message.count("damaged") for record in caplog.records] == [1]


def test_a_stream_of_damaged_pictures_is_given_up() -> None:
    content = OK + b"Content-Type: " + MIXED + b"\r\n\r\n" + PICTURE[:-2] * 50_000
    with hostile_camera(once(content)) as camera, raises("damaged_stream"):
        frames_of(f"http://127.0.0.1:{camera.port}/video", 1)


def test_slow_damaged_pictures_are_given_up_after_the_timeout() -> None:
    def slow(connection: socket.socket) -> None:
        time.sleep(0.2)
        connection.sendall(OK + TYPE + b"\r\n" + PICTURE[:99])

    settings = SourceSettings(open_timeout=0.5, frame_rate=60)
    with hostile_camera(slow) as camera, raises("stream_timeout"):
        frames_of(f"http://127.0.0.1:{camera.port}/now", 1, settings)
    assert camera.requests < 10


def test_a_closed_source_can_be_opened_again() -> None:
    with hostile_camera(once(OK + TYPE + b"\r\n" + PICTURE)) as camera:
        source = HttpSource(f"http://127.0.0.1:{camera.port}/now", SETTINGS)
        for _ in range(2):
            with source:
                assert source.read().index == 0


def test_a_stream_that_changes_its_size_goes_on() -> None:
    shapes = [(64, 48), (32, 24), (96, 64), (64, 48)]
    content = b"".join(b"--frame\r\n\r\n" + jpeg(*shape) for shape in shapes)
    with hostile_camera(once(OK + b"Content-Type: " + MIXED + b"\r\n\r\n" + content)) as camera:
        frames = frames_of(f"http://127.0.0.1:{camera.port}/video", 4)
    assert [frame.grey.shape[::-1] for frame in frames] == shapes


def test_a_camera_that_ends_is_waited_for_and_never_the_end_of_the_run() -> None:
    with (
        hostile_camera(once(DIALECTS["image/jpg"])) as camera,
        open_source(f"http://127.0.0.1:{camera.port}/video", SETTINGS) as source,
    ):
        # Only the newest of the three frames of each connection is certain to be delivered.
        assert all(source.read() is not None for _ in range(4))
        assert camera.requests >= 2


class LockedCamera:
    """A camera that answers with pictures only if user name and password are right."""

    def __init__(self, username: str, password: str, scheme: str) -> None:
        self.secret = f"{username}:{password}".encode("utf-8", "surrogateescape")
        self.username, self.password = self.secret.split(b":", 1)
        self.scheme = scheme

    def __call__(self, connection: socket.socket, request: bytes) -> None:
        if self.is_authorized(request):
            connection.sendall(OK + TYPE + b"\r\n" + PICTURE)
        else:
            challenge = 'Basic realm="c"' if self.scheme == "basic" else self.challenge()
            connection.sendall(
                f"HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: {challenge}\r\n\r\n".encode()
            )

    def challenge(self) -> str:
        return 'Digest realm="c", nonce="n1", qop="auth"'

    def is_authorized(self, request: bytes) -> bool:
        header = re.search(rb"\r\nAuthorization: (\w+) (.*)\r\n", request)
        if header is None:
            return False
        if self.scheme == "basic":
            return header[1] == b"Basic" and base64.b64decode(header[2]) == self.secret
        values = dict(re.findall(rb'(\w+)="?((?:[^"\\,]|\\.)*)', header[2]))
        md5 = lambda text: hashlib.md5(text).hexdigest().encode()  # noqa: E731, S324
        first = md5(self.username + b":c:" + self.password)
        second = md5(b"GET:" + values[b"uri"])
        middle = b":".join((b"n1", values[b"nc"], values[b"cnonce"], b"auth"))
        return values[b"response"] == md5(first + b":" + middle + b":" + second)


@pytest.mark.parametrize("scheme", ["basic", "digest"])
@pytest.mark.parametrize(
    ("credentials", "username", "password"),
    [
        ("user:p@ss/w?rd", "user", "p@ss/w?rd"),
        ("user:p%40ss%2Fw%3Frd", "user", "p@ss/w?rd"),
        ("ab:c d#e", "ab", "c d#e"),
        ("müller:100%&\"'\\", "müller", "100%&\"'\\"),
        ("me:%C3%BC%25", "me", "ü%"),
        ("me:%FF", "me", "\udcff"),
        (":secret", "", "secret"),
    ],
)
def test_a_password_of_any_characters_opens_a_camera(
    scheme, credentials, username, password, caplog
) -> None:
    caplog.set_level(logging.DEBUG)
    camera_lock = LockedCamera(username, password, scheme)
    with hostile_camera(camera_lock, with_request=True) as camera:
        url = f"http://{credentials}@127.0.0.1:{camera.port}/video?size=2"
        assert len(frames_of(url, 2)) == 2
        with raises("unauthorized") as error:
            frames_of(f"http://{credentials}x@127.0.0.1:{camera.port}/video", 1)
    assert password not in str(error.value)
    assert credentials not in caplog.text


def test_the_password_is_sent_to_no_other_server() -> None:
    seen: list[bytes] = []

    def thief(connection: socket.socket, request: bytes) -> None:
        seen.append(request)
        connection.sendall(b'HTTP/1.0 401 No\r\nWWW-Authenticate: Basic realm="c"\r\n\r\n')

    with hostile_camera(thief, with_request=True) as other:
        target = f"http://127.0.0.1:{other.port}/"
        answer = once(f"HTTP/1.0 302 Found\r\nLocation: {target}\r\n\r\n".encode())
        with hostile_camera(answer) as camera, raises("unauthorized"):
            frames_of(f"http://me:secret@127.0.0.1:{camera.port}/", 1)
    assert len(seen) == 1
    assert b"Authorization" not in seen[0]


@pytest.mark.parametrize(
    "url", ["http://cam:0/", "http://cam:99999/", "http://:80/", "http://a b/"]
)
def test_an_impossible_address_is_a_usage_error(url: str) -> None:
    with raises("invalid_address", UsageError):
        open_source(url)
