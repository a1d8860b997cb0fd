"""HTTP errors: a status, a code for programs and one sentence for people."""

from __future__ import annotations

from typing import Literal

from edge.frontends.web.json_response import SafeJsonResponse
from edge.photos.errors import (
    DecoderUnavailableError,
    DecodingTimeoutError,
    HeifError,
    NotAnImageError,
    PhotoTooLargeError,
    TooManyPixelsError,
    UndecodableError,
)
from moodpi.errors import MoodpiError, UsageError
from moodpi.text import clean_text, escape_controls

# Characters of a message; it can quote a part of the request.
MAX_MESSAGE_LENGTH = 500

ErrorCode = Literal[
    "bad_form",
    "bad_request",
    "busy",
    "empty_upload",
    "failed",
    "heic",
    "method_not_allowed",
    "no_daemon",
    "no_face",
    "no_such_face",
    "no_token",
    "not_an_image",
    "not_found",
    "not_now",
    "not_private",
    "too_large",
    "too_many_attempts",
    "too_many_pixels",
    "undecodable",
    "upload_incomplete",
    "upload_timeout",
    "wrong_host",
    "wrong_link",
    "wrong_origin",
]
STATUS: dict[ErrorCode, int] = {
    "bad_form": 400,
    "bad_request": 400,
    "empty_upload": 400,
    "no_such_face": 400,
    "upload_incomplete": 400,
    "wrong_host": 400,
    "no_token": 401,
    "not_private": 403,
    "wrong_link": 403,
    "wrong_origin": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "upload_timeout": 408,
    "no_daemon": 409,
    "not_now": 409,
    "too_large": 413,
    "too_many_pixels": 413,
    "heic": 415,
    "not_an_image": 415,
    "no_face": 422,
    "undecodable": 422,
    "busy": 429,
    "too_many_attempts": 429,
    "failed": 500,
}
# The codes of errors that other packages raise; the first class that matches.
CODES: tuple[tuple[type[MoodpiError], ErrorCode], ...] = (
    (HeifError, "heic"),
    (NotAnImageError, "not_an_image"),
    (TooManyPixelsError, "too_many_pixels"),
    (UndecodableError, "undecodable"),
    (PhotoTooLargeError, "too_large"),
    (DecodingTimeoutError, "undecodable"),
    (DecoderUnavailableError, "busy"),
    (UsageError, "bad_request"),
)


class HttpError(MoodpiError):
    """A request that is answered with an error.

    code: decides the HTTP status. retry_after: the seconds after which the client may retry.
    """

    code: ErrorCode

    def __init__(self, code: ErrorCode, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after

    @property
    def status(self) -> int:
        return STATUS[self.code]


def to_http_error(error: MoodpiError) -> HttpError:
    """The error as an HTTP error; status 500 if the client cannot correct it."""
    if isinstance(error, HttpError):
        return error
    for kind, code in CODES:
        if isinstance(error, kind):
            return HttpError(code, str(error))
    return HttpError("failed", str(error))


def error_response(error: HttpError) -> SafeJsonResponse:
    """The response `{"error": message, "code": code}`."""
    message = escape_controls(clean_text(str(error), MAX_MESSAGE_LENGTH))
    return SafeJsonResponse(
        {"error": message, "code": error.code}, error.status, retry_headers(error)
    )


def retry_headers(error: HttpError) -> dict[str, str]:
    """The header Retry-After, where the error has one."""
    return {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
