"""HTTP/1.1 with the limits that uvicorn lacks: time for headers, and bytes of a body's framing."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

from edge.frontends.web.errors import HttpError, error_response
from edge.frontends.web.security_headers import add_security_headers
from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError

# From the connection, or the first byte of a further request, to the end of the headers, and from
# the response to the end of a body that nothing reads; in seconds.
HEADER_TIMEOUT = 10.0
MAX_HEADER_BYTES = 16 * 1024
MAX_HEADERS = 100
# Sizes of chunks, their extensions and trailers. Chunks of a byte each would cost more processor
# time than a photo.
MAX_FRAMING_BYTES = 16 * 1024
# More than any route reads. A client that sends a larger body than allowed can read the response
# if it has sent all of it by then.
MAX_BODY_BYTES = 12 * 1000 * 1000


class _RequestParser(h11.Connection):
    """Counts the bytes of a request.

    received_bytes: since the request began. body_bytes: those of its body, without framing.
    """

    def __init__(self) -> None:
        super().__init__(h11.SERVER, MAX_HEADER_BYTES)
        self.received_bytes = 0
        self.body_bytes = 0

    def next_event(self) -> Any:
        """The next event. Raises h11.RemoteProtocolError for invalid HTTP."""
        event = super().next_event()
        if isinstance(event, h11.Request):
            self.received_bytes = self.body_bytes = 0
            size = sum(len(name) + len(value) for name, value in event.headers)
            if size > MAX_HEADER_BYTES or len(event.headers) > MAX_HEADERS:
                raise h11.RemoteProtocolError("too many headers")
            names = {name for name, _ in event.headers}
            # RFC 9112, section 6.1: a proxy may disagree about where such a request ends.
            if {b"content-length", b"transfer-encoding"} <= names:
                raise h11.RemoteProtocolError("two lengths of one body")
        elif isinstance(event, h11.Data):
            self.body_bytes += len(event.data)
        return event


class HttpConnection(H11Protocol):
    """A connection that is closed when a client exceeds a limit or sends invalid HTTP."""

    conn: _RequestParser
    _timer: asyncio.TimerHandle | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.conn = _RequestParser()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        try:
            with error_boundary("a connection"):
                # h11 applies its limits only to what it has not parsed yet.
                for start in range(0, len(data), MAX_HEADER_BYTES):
                    if not self.transport.is_closing():
                        self._receive(data[start : start + MAX_HEADER_BYTES])
        except MoodpiError:
            self.transport.abort()
        if self._is_responding():
            self._stop_timer()
        elif self._timer is None:
            self._start_timer()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Answer invalid HTTP, unless a response has begun, and close the connection."""
        if self._is_responding():
            # The handler gets no more of the body, and its response is discarded.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            response = error_response(HttpError("bad_request", "the request is not valid HTTP/1.1"))
            add_security_headers(response.headers)
            headers = [*response.raw_headers, (b"connection", b"close")]
            for event in (
                h11.Response(status_code=400, headers=headers, reason=STATUS_PHRASES[400]),
                h11.Data(data=bytes(response.body)),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _receive(self, data: bytes) -> None:
        self.conn.received_bytes += len(data)
        super().data_received(data)
        if self.conn.their_state is not h11.SEND_BODY or self.transport.is_closing():
            return
        framing = self.conn.received_bytes - self.conn.body_bytes
        if framing > MAX_FRAMING_BYTES or self.conn.body_bytes > MAX_BODY_BYTES:
            self.send_400_response("the body is too large")

    def _is_responding(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _start_timer(self) -> None:
        self._timer = self.loop.call_later(HEADER_TIMEOUT, self._on_timeout)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_timeout(self) -> None:
        self._timer = None
        if not self._is_responding():
            self.transport.close()
