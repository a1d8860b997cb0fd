"""What is refused over HTTP, as one sentence for a person, one word for a program and a status."""

from __future__ import annotations

from starlette.responses import JSONResponse

from edge.vision.photo import NotAnImageError, TooManyPixelsError, UndecodableError
from moodpi.errors import MoodpiError, UsageError

# Words for what the packages below error_response, the first that fits.
KINDS: tuple[tuple[type[MoodpiError], int, str], ...] = (
    (NotAnImageError, 415, "not_an_image"),
    (TooManyPixelsError, 413, "too_many_pixels"),
    (UndecodableError, 422, "undecodable"),
    (UsageError, 400, "bad_request"),
)


class HttpError(MoodpiError):
    """A request that is answered with `status`; retry_after: seconds, where it may come again."""

    def __init__(
        self, status: int, code: str, message: str, retry_after: int | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.status = status
        self.retry_after = retry_after


def to_http_error(error: MoodpiError) -> HttpError:
    """The error as what to answer; one that is not the asker's fault is a 500."""
    if isinstance(error, HttpError):
        return error
    for kind, status, code in KINDS:
        if isinstance(error, kind):
            return HttpError(status, code, str(error))
    return HttpError(500, "failed", str(error))


def error_response(error: HttpError) -> JSONResponse:
    """The answer: `{"error": sentence, "code": word}`."""
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return JSONResponse({"error": str(error), "code": error.code}, error.status, headers)
