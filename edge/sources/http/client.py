"""An HTTP client for one camera: limits of time and size, redirects, user name and password."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, cast
from urllib.parse import urljoin

from edge.sources.http.authorization import Authorization
from edge.system.bounded_http import BoundedResponse
from moodpi.addresses import Url, parse_url
from moodpi.errors import MoodpiError, UsageError
from moodpi.redaction import without_password
from moodpi.text import clean_text

# The bytes that a camera may send for one picture, and for its headers.
MAX_ANSWER_BYTES = 32 * 2**20
MAX_REDIRECTS = 5
# Of a header or a reason in a message, in characters.
MAX_HEADER_LENGTH = 80
SCHEMES = ("http", "https")
# What to do about a status of HTTP.
FIXES: dict[int, str] = {
    HTTPStatus.FORBIDDEN: "the camera does not allow this user to see the picture",
    HTTPStatus.NOT_FOUND: "check the path of the URL; the camera's manual states it",
    HTTPStatus.SERVICE_UNAVAILABLE: "the camera is busy: close other programs that show it",
}
CHECK = "check that the camera is on and the URL is right"


class HttpResponse(BoundedResponse):
    """The answer of a camera, which can have no end: each picture has a deadline of its own."""

    max_bytes = MAX_ANSWER_BYTES

    def __init__(self, connection: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(connection, *arguments, **options)
        self._connection = connection

    def begin_picture(self, timeout: float) -> None:
        """Count the time and the bytes of what is read next from here. timeout: in seconds."""
        self.input.begin(timeout)

    @property
    def media_type(self) -> str:
        """The type of the content such as image/jpeg, in lower case; empty without one."""
        header = self.getheader("Content-Type") or ""
        return clean_text(header.partition(";")[0].lower(), MAX_HEADER_LENGTH)

    def description(self) -> str:
        """Status and type for a message, such as `404 Not Found, text/html`."""
        reason = clean_text(self.reason or "", MAX_HEADER_LENGTH)
        return f"{self.status} {reason}".strip() + f", {self.media_type or 'no content type'}"

    def challenges(self) -> list[str]:
        """The headers WWW-Authenticate."""
        headers = self.headers.get_all("WWW-Authenticate") or []
        # http.client decodes headers as Latin-1.
        raw = [header.encode("latin-1", "replace") for header in headers]
        return [header.decode("utf-8", "surrogateescape") for header in raw]

    def close(self) -> None:
        super().close()
        self._connection.close()


class _HttpConnection(HTTPConnection):
    response_class = HttpResponse


class _HttpsConnection(HTTPSConnection):
    response_class = HttpResponse

    def __init__(self, host: str, *, timeout: float) -> None:
        # As in FFmpeg, the certificate is not verified: cameras sign their own.
        context = ssl._create_unverified_context()  # noqa: S323, SLF001
        super().__init__(host, timeout=timeout, context=context)


class HttpClient:
    """Requests the picture of one camera. Its password is sent to the host of its URL alone."""

    def __init__(self, text: str) -> None:
        """text: the URL. Raises UsageError."""
        self.shown = without_password(text)
        self._url = parse_url(text)
        self._authorization = Authorization(self._url.username, self._url.password)

    def get(self, timeout: float) -> HttpResponse:
        """The answer with status 200, before its content is read. timeout: in seconds.

        Raises MoodpiError.
        """
        try:
            with self.connection_errors("no_stream"):
                response = self._final_answer(time.monotonic() + timeout)
        except TimeoutError as error:
            raise MoodpiError(
                f"no answer from {self.shown} within {timeout:g} s: {CHECK}", code="stream_timeout"
            ) from error
        if response.status == HTTPStatus.OK:
            return response
        response.close()
        raise self._status_error(response)

    def _final_answer(self, deadline: float) -> HttpResponse:
        """The answer that is no redirect to another address."""
        url = self._url
        for _ in range(MAX_REDIRECTS):
            response = self._authorized_answer(url, deadline)
            location = response.getheader("Location")
            if not (300 <= response.status < 400 and location):
                return response
            response.close()
            url = self._redirected(url, location)
        raise MoodpiError(
            f"{self.shown} redirects {MAX_REDIRECTS} times: {CHECK}", code="no_stream"
        )

    @contextmanager
    def connection_errors(self, code: str) -> Iterator[None]:
        """Raise the errors of a connection in the block as MoodpiError; TimeoutError remains."""
        try:
            yield
        except TimeoutError:
            raise
        except (OSError, EOFError, HTTPException, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            reason = clean_text(reason, MAX_HEADER_LENGTH)
            message = f"no picture from {self.shown} ({reason}): {CHECK}"
            raise MoodpiError(message, code=code) from error

    def _authorized_answer(self, url: Url, deadline: float) -> HttpResponse:
        """The answer to a request, which is repeated once with user name and password."""
        response = self._answer(url, deadline)
        has_name = bool(self._url.username or self._url.password)
        if response.status != HTTPStatus.UNAUTHORIZED or not (has_name and self._is_own(url)):
            return response
        if not self._authorization.accept(response.challenges()):
            return response
        response.close()
        return self._answer(url, deadline)

    def _answer(self, url: Url, deadline: float) -> HttpResponse:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        kind = _HttpsConnection if url.scheme == "https" else _HttpConnection
        connection = kind(url.netloc, timeout=remaining)
        try:
            connection.putrequest("GET", url.target)
            connection.putheader("User-Agent", "moodpi")
            connection.putheader("Connection", "close")
            header = self._authorization.header("GET", url.target) if self._is_own(url) else None
            if header is not None:
                connection.putheader("Authorization", header)
            connection.endheaders()
            return cast("HttpResponse", connection.getresponse())
        except BaseException:
            connection.close()
            raise

    def _is_own(self, url: Url) -> bool:
        """Whether a URL may get the password: the same server, or the same host by https."""
        own = self._url
        same_server = (url.scheme, url.host, url.port) == (own.scheme, own.host, own.port)
        return same_server or (url.scheme == "https" and url.host == own.host)

    def _redirected(self, url: Url, location: str) -> Url:
        target = urljoin(f"{url.scheme}://{url.netloc}{url.target}", location)
        try:
            redirected = parse_url(target)
        except UsageError as error:
            raise self._redirect_error() from error
        if redirected.scheme not in SCHEMES:
            raise self._redirect_error()
        return redirected

    def _redirect_error(self) -> MoodpiError:
        return MoodpiError(
            f"{self.shown} redirects to an address that is not of HTTP: {CHECK}", code="no_stream"
        )

    def _status_error(self, response: HttpResponse) -> MoodpiError:
        status, fix, code = response.status, FIXES.get(response.status, CHECK), "no_stream"
        if status == HTTPStatus.UNAUTHORIZED:
            code = "unauthorized"
            fix = (
                "write the camera's user name, a colon, its password and an @ in front of the host "
                "in the URL"
            )
            if self._url.username or self._url.password:
                fix = "check the user name and the password; moodpi supports Basic and Digest"
        return MoodpiError(f"{self.shown} answers {response.description()}: {fix}", code=code)
