"""Response headers that restrict a browser to the page's own files, on every response."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge.frontends.web.addresses import LOOPBACK_NAMES
from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
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
# For the page itself where is_trustworthy: its button takes one picture with the computer's camera.
CAMERA_POLICY = "camera=(self), microphone=(), geolocation=()"


def is_trustworthy(request: Request) -> bool:
    """Whether browsers give a page at this address access to cameras (W3C Secure Contexts)."""
    return request.url.scheme == "https" or request.url.hostname in LOOPBACK_NAMES


def framed_headers(origins: Collection[str]) -> dict[str, str]:
    """HEADERS for a page that pages of these origins, and its own, can show in a frame."""
    ancestors = " ".join(["'self'", *origins])
    policy = CONTENT_SECURITY_POLICY.replace(
        "frame-ancestors 'none'", f"frame-ancestors {ancestors}"
    )
    # X-Frame-Options cannot name an origin.
    framed = {name: value for name, value in HEADERS.items() if name != "X-Frame-Options"}
    return {**framed, "Content-Security-Policy": policy}


def add_security_headers(headers: MutableHeaders, security: Mapping[str, str] = HEADERS) -> None:
    """Add the headers `security` and no-store, except those that the response sets itself."""
    for name, value in {**security, "Cache-Control": "no-store"}.items():
        headers.setdefault(name, value)


class SecurityHeaders:
    """The outermost ASGI application: adds the headers to every response of another one.

    That one answers its unexpected errors with status 500 and raises them again. They are logged
    here, once and with their trace.

    Args:
        app: The application.
        origins: web.origins, whose pages can show this one in a frame.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self._app = app
        self._headers = framed_headers(origins) if origins else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_security_headers(MutableHeaders(scope=message), self._headers)
            await send(message)

        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with suppress(MoodpiError), error_boundary("a request"):
            await self._app(scope, receive, send_with_headers)
