"""Access control: the Host header, the Origin header and the token of each request.

It protects against DNS rebinding, requests from other sites and other people on the network.
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
# Served without a token: they contain nothing about the listener.
PUBLIC_PATHS = ("/login", "/healthz", "/static/")


def machine_names() -> frozenset[str]:
    """The host names of this machine on a home network, in lower case."""
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    return frozenset({"localhost", name, short, f"{short}.local"})


class AccessControl:
    """ASGI middleware: answers wrong_host, wrong_origin or no_token where a request is not allowed.

    names: accepted host names, in addition to the address of the connection. token: None if the
    page is open to everyone who can connect.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str], token: AccessToken | None) -> None:
        self._app = app
        self._names = names
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._check(scope)
        except HttpError as error:
            is_page = scope["method"] == "GET" and scope["path"] == "/"
            response = (
                RedirectResponse("/login", 303)
                if is_page and error.code == "no_token"
                else error_response(error)
            )
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_own_host(host, scope):
            raise HttpError(
                "wrong_host",
                "the host in the address is not a name of this machine: add it to web.names",
            )
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            raise HttpError("wrong_origin", "the request comes from another site")
        if self._token is None or scope["path"].startswith(PUBLIC_PATHS):
            return
        if not _is_authorized(self._token, HTTPConnection(scope), headers):
            raise HttpError(
                "no_token", "a token is required: sign in, or send Authorization: Bearer TOKEN"
            )

    def _is_own_host(self, host: str, scope: Scope) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name.rstrip(".") in self._names:
            return True
        server = scope.get("server")
        try:
            # DNS rebinding needs a name: the literal address of this connection is safe.
            return server is not None and _address(name) == _address(server[0])
        except ValueError:
            return False


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    address = ipaddress.ip_address(text.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or address


def _is_authorized(token: AccessToken, connection: HTTPConnection, headers: Headers) -> bool:
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.matches(credentials.strip())
    return token.matches_cookie(connection.cookies.get(COOKIE, ""))
