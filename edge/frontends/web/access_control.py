"""Who may ask: hosts that are this machine, origins that are this page, browsers that know the
token. Against DNS rebinding, other sites' forms and scripts, and neighbours.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from edge.frontends.web.access_token import AccessToken
from edge.frontends.web.errors import HttpError, error_response

COOKIE = "moodpi"
# What anybody may see: nothing of the listener is there.
OPEN = ("/login", "/healthz", "/static/")


def machine_names() -> frozenset[str]:
    """The names under which a home's network knows this machine, in lower case."""
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    return frozenset({"localhost", name, short, f"{short}.local"})


class AccessControl:
    """ASGI middleware: refuses 400 a foreign Host, 403 a foreign Origin, 401 without the token.

    names: hosts beside the address that the connection came to. secret: None where none is needed.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str], secret: AccessToken | None) -> None:
        self._app = app
        self._names = names
        self._secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._check(scope)
        except HttpError as error:
            asks_for_page = scope["method"] == "GET" and scope["path"] == "/"
            answer = (
                RedirectResponse("/login", 303)
                if asks_for_page and error.status == 401
                else error_response(error)
            )
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_here(host, scope):
            raise HttpError(
                400, "wrong_host", "this name is not this machine's: add it to web.names"
            )
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            raise HttpError(403, "wrong_origin", "asked by another site than this page")
        if self._secret is None or scope["path"].startswith(OPEN):
            return
        if not _knows(self._secret, HTTPConnection(scope), headers):
            raise HttpError(
                401, "no_token", "a token is needed: log in, or send Authorization: Bearer TOKEN"
            )

    def _is_here(self, host: str, scope: Scope) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name.rstrip(".") in self._names:
            return True
        server = scope.get("server")
        try:
            # A rebound name is never an address; the one the connection came to is ours.
            return server is not None and _address(name) == _address(server[0])
        except ValueError:
            return False


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    address = ipaddress.ip_address(text.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address


def _knows(secret: AccessToken, connection: HTTPConnection, headers: Headers) -> bool:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return secret.opens(token.strip())
    return secret.admits(connection.cookies.get(COOKIE, ""))
