"""Access control: the Host header, the Origin header and the token of each request.

It protects against DNS rebinding, requests from other sites and other people on the network.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from edge.frontends.web.access_token import AccessToken
from edge.frontends.web.addresses import parse_address
from edge.frontends.web.errors import HttpError, error_response
from edge.frontends.web.failed_attempts import FailedAttempts
from edge.frontends.web.static_files import StaticFile
from moodpi.text import quoted

COOKIE = "moodpi"
# Served without a token: they contain nothing about the listener. /api/preview has its own token.
PUBLIC_PATHS = ("/login", "/healthz", "/preview", "/api/preview")
PUBLIC_FOLDER = "/static/"
# RFC 9110, section 7.2, without a zone and without percent-encoding: a host name, an IPv4 address
# or an IPv6 address in brackets, and a port.
HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._-]{1,253}))(?::[0-9]{1,5})?")


def machine_names() -> frozenset[str]:
    """The host names of this machine on a home network, in lower case."""
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    return frozenset({"localhost", name, short, f"{short}.local"})


class AccessControl:
    """ASGI middleware: answers a request that is not allowed with an error.

    The errors are wrong_host, wrong_origin, no_token and too_many_attempts.

    names: accepted host names, in addition to the address of the connection. token: None if the
    page is open to everyone who can connect. attempts: shared with the login form. wait_page:
    served instead of the page after too many wrong tokens. origins: web.origins, accepted in
    addition to the one of the Host header.
    """

    def __init__(
        self,
        app: ASGIApp,
        names: frozenset[str],
        token: AccessToken | None,
        attempts: FailedAttempts,
        wait_page: StaticFile,
        origins: Collection[str],
    ) -> None:
        self._app = app
        self._names = names
        self._token = token
        self._attempts = attempts
        self._wait_page = wait_page
        self._origins = frozenset(map(str.lower, origins))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._check(scope)
        except HttpError as error:
            await self._refuse(error, scope)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refuse(self, error: HttpError, scope: Scope) -> Response:
        if scope["method"] == "GET" and scope["path"] == "/":
            if error.code == "no_token":
                return RedirectResponse("login", 303)
            if error.code == "too_many_attempts":
                return self._wait_page.error_response(error)
        return error_response(error)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_own_host(host, scope):
            raise HttpError(
                "wrong_host",
                f"{quoted(host)} is not a name of this machine: add it to web.names",
            )
        path = scope["path"]
        # Browsers send the origin with a request for a module, too.
        if path.startswith(PUBLIC_FOLDER):
            return
        self._check_origin(headers, host)
        if self._token and path not in PUBLIC_PATHS:
            self._check_token(self._token, headers, client_host(scope))

    def _check_origin(self, headers: Headers, host: str) -> None:
        origin = headers.get("origin")
        own = {f"http://{host.lower()}", f"https://{host.lower()}"} | self._origins
        if origin is not None and origin.lower() not in own:
            raise HttpError(
                "wrong_origin",
                f"the request comes from another site: its Origin is {quoted(origin)}, its Host "
                f"{quoted(host)}; behind a proxy that changes Host, add the origin to web.origins",
            )

    def _check_token(self, token: AccessToken, headers: Headers, client: str) -> None:
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        cookie = _cookie(headers)
        if scheme.lower() == "bearer":
            self._attempts.check(client)
            is_right = token.matches(credentials.strip())
        elif cookie is not None:
            self._attempts.check(client)
            is_right = token.matches_cookie(cookie)
        else:
            raise _no_token()
        if not is_right:
            self._attempts.record(client)
            raise _no_token()
        self._attempts.forget(client)

    def _is_own_host(self, host: str, scope: Scope) -> bool:
        match = HOST.fullmatch(host)
        if match is None:
            return False
        name = (match[1] or match[2]).lower()
        if match[2] and name.rstrip(".") in self._names:
            return True
        server = scope.get("server")
        try:
            # DNS rebinding needs a name: the literal address of this connection is safe.
            return server is not None and parse_address(name) == parse_address(server[0])
        except ValueError:
            return False


def client_host(scope: Scope) -> str:
    """The client's address, behind a trusted proxy the one that it reports."""
    client = scope.get("client")
    return client[0] if client else ""


def _cookie(headers: Headers) -> str | None:
    """The login cookie's value; None without one.

    The standard library's parser takes seconds for some headers (CVE-2024-7592).
    """
    for header in headers.getlist("cookie"):
        for pair in header.split(";"):
            name, _, value = pair.partition("=")
            if name.strip() == COOKIE:
                return value.strip()
    return None


def _no_token() -> HttpError:
    return HttpError(
        "no_token", "a token is required: sign in, or send Authorization: Bearer TOKEN"
    )
