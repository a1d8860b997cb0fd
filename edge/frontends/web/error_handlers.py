"""What the application answers when a route raises an error."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from edge.frontends.web.errors import HttpError, error_response, to_http_error
from moodpi.errors import MoodpiError
from moodpi.text import quoted

ExceptionHandler = Callable[[Request, Exception], Awaitable[Response]]

log = logging.getLogger(__name__)


async def _on_moodpi_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, MoodpiError):
        raise error
    http_error = to_http_error(error)
    if http_error.status >= 500:
        log.warning("%s", error)
    return error_response(http_error)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """Starlette's own errors: 404, and 405 with its Allow header."""
    if not isinstance(error, HTTPException):
        raise error
    headers = error.headers or {}
    if error.status_code == 405:
        allowed = headers.get("Allow", "another method")
        http_error = HttpError(
            "method_not_allowed", f"{request.method} is not supported here: expected {allowed}"
        )
    elif error.status_code == 404:
        http_error = HttpError("not_found", f"no such address: {quoted(request.scope['path'])}")
    else:
        http_error = HttpError("bad_request", error.detail)
    response = error_response(http_error)
    response.headers.update(headers)
    return response


async def _on_unexpected_error(_request: Request, _error: Exception) -> Response:
    return error_response(HttpError("failed", "unexpected error: see the log of moodpi"))


EXCEPTION_HANDLERS: Mapping[type[Exception], ExceptionHandler] = {
    MoodpiError: _on_moodpi_error,
    HTTPException: _on_http_exception,
    Exception: _on_unexpected_error,
}
