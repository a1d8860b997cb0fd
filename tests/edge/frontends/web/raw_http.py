"""HTTP on a plain socket, for requests that no client library sends."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class RawResponse:
    """The first response on a connection. status: 0 if the server closed it without one."""

    status: int
    headers: dict[str, str]
    body: bytes


NO_RESPONSE = RawResponse(0, {}, b"")


def connect(url: str, timeout: float = 20) -> socket.socket:
    """A connection to the server."""
    host, _, port = url.rpartition("/")[2].rpartition(":")
    return socket.create_connection((host, int(port)), timeout)


def request(
    method: str, path: str, *headers: str, body: bytes = b"", host: str = "localhost"
) -> bytes:
    """The bytes of a request; the connection is closed after it. Headers are written as Latin-1."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def exchange(url: str, content: bytes, timeout: float = 20) -> RawResponse:
    """Send bytes and read until the server closes, or until nothing arrives for `timeout`."""
    with connect(url, timeout) as connection:
        received = bytearray()
        # The server may close before it has received everything. Its response can still be read.
        with suppress(OSError):
            connection.sendall(content)
        with suppress(OSError):
            while len(received) < 1_000_000 and (data := connection.recv(65536)):
                received += data
    return parse(bytes(received))


def parse(received: bytes) -> RawResponse:
    """The first response in received bytes; its body may be incomplete or in chunks."""
    if not received.startswith(b"HTTP/1.1 "):
        return NO_RESPONSE
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    length = int(headers.get("content-length", len(body)))
    return RawResponse(int(status.split()[1]), headers, body[:length])
