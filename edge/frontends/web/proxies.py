"""The client's address, the scheme and the prefix of the path behind a reverse proxy."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from edge.config.names import WEB_ROOT
from edge.frontends.web.addresses import Address, Network, is_in, parse_address
from edge.frontends.web.mount import KEY


class TrustedProxies:
    """ASGI middleware: uses X-Forwarded-For, -Proto and -Prefix, from the proxies only.

    Other forwarded headers are ignored: a proxy that does not know one passes on what the client
    wrote into it.
    """

    def __init__(self, app: ASGIApp, proxies: Collection[Network]) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._proxies and scope["client"]:
            proxy = parse_address(scope["client"][0])
            if is_in(proxy, self._proxies):
                headers = Headers(scope=scope)
                client = self._client(proxy, headers.getlist("x-forwarded-for"))
                scope = {
                    **scope,
                    "client": (str(client), 0),
                    "scheme": _scheme(headers) or scope["scheme"],
                    KEY: _prefix(headers),
                }
        await self._app(scope, receive, send)

    def _client(self, proxy: Address, values: list[str]) -> Address:
        """The nearest address that is not a proxy. Each proxy appends the one it was called by."""
        client = proxy
        for entry in reversed(",".join(values).split(",")):
            try:
                client = parse_address(_without_port(entry.strip()))
            except ValueError:
                break
            if not is_in(client, self._proxies):
                break
        return client


def _without_port(entry: str) -> str:
    """The address of `192.0.2.7`, `192.0.2.7:80`, `2001:db8::7` or `[2001:db8::7]:80`."""
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    return entry.partition(":")[0] if entry.count(":") == 1 else entry


def _scheme(headers: Headers) -> str | None:
    """The scheme that the nearest proxy reports; None if it reports none."""
    values = headers.getlist("x-forwarded-proto")
    scheme = values[-1].rpartition(",")[2].strip().lower() if values else ""
    return scheme if scheme in ("http", "https") else None


def _prefix(headers: Headers) -> str:
    """The prefix of the path that the nearest proxy reports; empty if it reports none."""
    values = headers.getlist("x-forwarded-prefix")
    prefix = values[-1].rpartition(",")[2].strip().rstrip("/") if values else ""
    return prefix if WEB_ROOT.fullmatch(prefix) else ""
