"""The preview of the camera: who can see it, and its pictures as JSON lines."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Collection
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from edge.config.settings import WebSettings
from edge.daemon.preview import Preview, Viewing
from edge.frontends.web.access_control import client_host, machine_names
from edge.frontends.web.addresses import LOOPBACK_NAMES, Network, is_in, parse_address
from edge.frontends.web.errors import HttpError
from edge.frontends.web.failed_attempts import FailedAttempts
from edge.frontends.web.json_lines import JsonLinesResponse
from edge.frontends.web.request_bodies import MAX_BODY_BYTES, parse_preview
from edge.frontends.web.uploads import read_body
from moodpi.errors import MoodpiError

# Seconds between two pictures.
INTERVAL = 0.3
# A request that has one of these comes from elsewhere, through a proxy.
FORWARDED = ("x-forwarded-for", "x-forwarded-proto", "x-real-ip", "forwarded", "via")


class PreviewRoute:
    """POST /api/preview: the pictures for the one viewer with the token of the link.

    Args:
        preview: None outside the daemon.
        attempts: The wrong tokens of each client.
        proxies: web.trusted_proxies.
    """

    def __init__(
        self, preview: Preview | None, attempts: FailedAttempts, proxies: Collection[Network]
    ) -> None:
        self._preview = preview
        self._attempts = attempts
        self._proxies = proxies

    async def respond(self, request: Request) -> Response:
        """JSON lines. HttpError: not_now, not_private, wrong_link or too_many_attempts."""
        token = parse_preview(await read_body(request, MAX_BODY_BYTES))
        if not _is_private(request.scope, self._proxies):
            raise HttpError(
                "not_private",
                "the camera is shown over HTTPS or on this machine only: set tls_cert and tls_key "
                "under [web], or open the link on the Pi or through an SSH tunnel",
            )
        if self._preview is None:
            raise HttpError(
                "not_now",
                "the daemon does not serve this page, so it has no picture: set enabled = true "
                "under [web] and stop `moodpi serve`",
            )
        client = client_host(request.scope)
        self._attempts.check(client)
        try:
            viewing = self._preview.watch(token)
        except MoodpiError as error:
            self._attempts.record(client)
            raise HttpError("wrong_link", str(error)) from error
        return JsonLinesResponse(_pictures(viewing), viewing)


def private_address(web: WebSettings, own: str, host: str) -> str:
    """The start of a link to the page that is private; empty if there is none.

    own: The page's own address. host: The address that it listens on.
    """
    if web.trusted_proxies:
        secure = [origin for origin in web.origins if origin.startswith("https://")]
        names = [*web.names, *sorted(name for name in machine_names() if "." in name)]
        base = secure[0] if secure else f"https://{(names or ['localhost'])[0]}"
        return f"{base}{web.root.rstrip('/')}/"
    if web.tls_cert:
        return own
    address = parse_address(host)
    if address.is_loopback:
        return own
    return f"http://127.0.0.1:{urlsplit(own).port}/" if address.is_unspecified else ""


def _is_private(scope: Scope, proxies: Collection[Network]) -> bool:
    """Whether nobody between the viewer and this machine can read the response."""
    if scope["scheme"] == "https":
        return True
    headers = Headers(scope=scope)
    if any(name in headers for name in FORWARDED):
        return False
    # A proxy on this machine that says nothing has the host name of the page, or its origin.
    host = urlsplit(f"//{headers.get('host', '')}").hostname
    try:
        client = parse_address(client_host(scope))
    except ValueError:
        return False
    return client.is_loopback and host in LOOPBACK_NAMES and not is_in(client, proxies)


async def _pictures(viewing: Viewing) -> AsyncIterator[object]:
    """The pictures until the end: `jpeg` in base64, null without a picture, and `seconds` left."""
    while left := viewing.seconds_left:
        started = time.monotonic()
        jpeg = await run_in_threadpool(viewing.picture)
        yield {"jpeg": jpeg and base64.b64encode(jpeg).decode(), "seconds": round(left, 1)}
        await asyncio.sleep(max(0.0, started + INTERVAL - time.monotonic()))
