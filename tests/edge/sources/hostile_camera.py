"""Network cameras that attack their reader."""

from __future__ import annotations

import itertools
import os
import socket
import socketserver
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache

import cv2
import numpy as np

OK = b"HTTP/1.0 200 OK\r\n"
MULTIPART = OK + b"Content-Type: multipart/x-mixed-replace; boundary=f\r\n\r\n"

Answer = Callable[[socket.socket], object]


@cache
def jpeg(width: int, height: int, channels: int = 3) -> bytes:
    picture = np.full((height, width, channels), 90, np.uint8)
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 20])[1].tobytes()


def part(content: bytes) -> bytes:
    head = b"--f\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(content)
    return head + content + b"\r\n"


def once(content: bytes) -> Answer:
    return lambda connection: connection.sendall(content)


def endless(head: bytes, block: bytes = b"x") -> Answer:
    def answer(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(block * (65536 // len(block)))

    return answer


def frames(*shapes: tuple[int, ...], pause: float = 0.05) -> Answer:
    """A camera whose frames have these shapes (width, height, channels). The last is repeated."""

    def answer(connection: socket.socket) -> None:
        pictures = [jpeg(*shape) for shape in shapes]
        connection.sendall(MULTIPART)
        for picture in itertools.chain(pictures, itertools.repeat(pictures[-1])):
            connection.sendall(part(picture))
            time.sleep(pause)

    return answer


def compressed(connection: socket.socket) -> None:
    """Zeros without end, in gzip."""
    connection.sendall(OK + b"Content-Encoding: gzip\r\nContent-Type: video/x-motion-jpeg\r\n\r\n")
    stream = zlib.compressobj(9, zlib.DEFLATED, 31)
    while True:
        connection.sendall(stream.compress(bytes(10_000_000)))


def playlist(content: str) -> Answer:
    head = "Content-Type: application/vnd.apple.mpegurl\r\n"
    return once(OK + f"{head}Content-Length: {len(content)}\r\n\r\n{content}".encode())


def redirect(url: str) -> Answer:
    return once(f"HTTP/1.0 302 Found\r\nLocation: {url}\r\n\r\n".encode())


PART = MULTIPART + b"--f\r\nContent-Type: image/jpeg\r\n"
HTTP_ATTACKS: dict[str, Answer] = {
    "endless header": endless(OK + b"X: ", b"a"),
    "endless headers": endless(OK, b"X: a\r\n"),
    "endless header of a part": endless(MULTIPART + b"--f\r\nX: ", b"a"),
    "a part of 8 GB": endless(PART + b"Content-Length: 8000000000\r\n\r\n"),
    "a part of 2 GB": endless(PART + b"Content-Length: 2000000000\r\n\r\n"),
    "a part without end": endless(PART + b"\r\n" + jpeg(64, 64)[:-2]),
    "noise": endless(MULTIPART, os.urandom(8192)),
    "a page": endless(OK + b"Content-Type: text/html\r\n\r\n<html>"),
    "compressed zeros": compressed,
    "frames of 16000": frames((16_000, 16_000, 1), pause=0.5),
    "frames of 8000": frames((8000, 8000, 1), pause=0.5),
    "frames of 6000": frames((6000, 6000), pause=0.5),
    "later frames of 8000": frames(*[(64, 64)] * 10, (8000, 8000, 1)),
    "frames of 4096": frames((4096, 4096)),
    "frames of 4097": frames((4097, 16)),
    "frames of other sizes": frames(
        *[(640, 480), (320, 240), (64, 64), (33, 17), (2, 2), (1, 1), (4000, 16)] * 2
    ),
    "a redirect to a file": redirect("file:///etc/passwd"),
    "a redirect to itself": redirect("/again"),
}


def sdp(connection: socket.socket, head: bytes, sequence: bytes) -> None:
    connection.sendall(
        b"RTSP/1.0 200 OK\r\n" + sequence + b"\r\nContent-Type: application/sdp\r\n" + head
    )


def long_sdp(connection: socket.socket, sequence: bytes) -> None:
    sdp(connection, b"Content-Length: 2000000000\r\n\r\n", sequence)
    while True:
        connection.sendall(b"a=x\r\n" * 10_000)


def many_media(connection: socket.socket, sequence: bytes) -> None:
    body = b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n"
    body += b"m=video 0 RTP/AVP 26\r\na=control:t\r\n" * 30_000
    sdp(connection, b"Content-Length: %d\r\n\r\n" % len(body) + body, sequence)


def endless_rtsp(connection: socket.socket, _sequence: bytes) -> None:
    while True:
        connection.sendall(b"RTSP/1.0 200 OK\r\nX: " + b"a" * 60_000)


def noise_rtsp(connection: socket.socket, _sequence: bytes) -> None:
    while True:
        connection.sendall(os.urandom(65536))


RTSP_ATTACKS: dict[str, Callable[[socket.socket, bytes], object]] = {
    "an SDP of 2 GB": long_sdp,
    "many media": many_media,
    "endless": endless_rtsp,
    "noise": noise_rtsp,
}


class _HttpConnection(socketserver.BaseRequestHandler):
    server: HostileCamera

    def handle(self) -> None:
        self.server.requests += 1
        with suppress(OSError):
            request = self.request.recv(65_536)
            if self.server.with_request:
                self.server.answer(self.request, request)
            else:
                self.server.answer(self.request)


class _RtspConnection(_HttpConnection):
    def handle(self) -> None:
        self.server.requests += 1
        with suppress(OSError):
            while request := self.request.recv(4096):
                lines = request.split(b"\r\n")
                sequence = next((line for line in lines if line.startswith(b"CSeq")), b"CSeq: 1")
                if request.startswith(b"OPTIONS"):
                    self.request.sendall(
                        b"RTSP/1.0 200 OK\r\n" + sequence + b"\r\nPublic: DESCRIBE\r\n\r\n"
                    )
                elif self.server.with_request:
                    self.server.answer(self.request, sequence, request)
                else:
                    self.server.answer(self.request, sequence)


class HostileCamera(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self, answer: Callable[..., object], connection: type, *, with_request: bool
    ) -> None:
        self.answer = answer
        self.with_request = with_request
        self.requests = 0
        super().__init__(("127.0.0.1", 0), connection)
        self.port: int = self.server_address[1]


@contextmanager
def hostile_camera(
    answer: Callable[..., object], scheme: str = "http", *, with_request: bool = False
) -> Iterator[HostileCamera]:
    """A camera with that answer to a request (http), or to DESCRIBE (rtsp).

    with_request: whether `answer` takes the bytes of the request, too.
    """
    kind = _HttpConnection if scheme == "http" else _RtspConnection
    with HostileCamera(answer, kind, with_request=with_request) as camera:
        threading.Thread(target=camera.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield camera
        finally:
            camera.shutdown()
