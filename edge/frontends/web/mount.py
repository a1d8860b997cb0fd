"""The path below which a browser sees the page, such as /moodpi behind a reverse proxy."""

from __future__ import annotations

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# The key of the scope with the prefix.
KEY = "moodpi.prefix"


class Mount:
    """ASGI middleware: removes the prefix from the path of a request, if the proxy left it there.

    The page's own addresses are relative, so nothing else depends on the prefix, except the path of
    the cookie.

    Args:
        app: The application.
        prefix: web.root; empty where the page is at the root. A prefix that a trusted proxy
            reports (see TrustedProxies) replaces it.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            prefix = prefix_of(scope) or self._prefix
            path = scope["path"]
            if prefix and path == prefix:
                await RedirectResponse(f"{prefix}/", 307)(scope, receive, send)
                return
            if prefix and path.startswith(f"{prefix}/"):
                path = path.removeprefix(prefix)
            scope = {**scope, "path": path, KEY: prefix}
        await self._app(scope, receive, send)


def prefix_of(scope: Scope) -> str:
    """The prefix of the page's path, without a slash at the end; empty at the root."""
    return str(scope.get(KEY, ""))
