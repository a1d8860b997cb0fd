"""Response headers that restrict a browser to the page's own files, on every response."""

from __future__ import annotations

from contextlib import suppress

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With no-referrer a browser sends `Origin: null` with the login form, which is refused.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def add_security_headers(headers: MutableHeaders) -> None:
    """Add HEADERS, and no-store where caching is not set."""
    headers.update(HEADERS)
    headers.setdefault("Cache-Control", "no-store")


class SecurityHeaders:
    """The outermost ASGI application: adds the headers to every response of another one.

    That one answers its unexpected errors with status 500 and raises them again. They are logged
    here, once and with their trace.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_security_headers(MutableHeaders(scope=message))
            await send(message)

        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with suppress(MoodpiError), error_boundary("a request"):
            await self._app(scope, receive, send_with_headers)
