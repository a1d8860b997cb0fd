"""The application without a server, for requests from any address."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from edge.config.load import Config
from edge.config.settings import WebSettings
from edge.daemon.preview import Preview
from edge.frontends.web.access_token import AccessToken
from edge.frontends.web.app import build_app
from edge.frontends.web.daemon_mirror import DaemonMirror
from edge.photos.decoder import PhotoDecoder
from edge.photos.limits import UPLOAD_LIMITS

pytest.importorskip("httpx")
import httpx

HOST = "moodpi.test"
TOKEN = AccessToken("a-token-of-the-tests-0123456789")
BEARER = {"Authorization": f"Bearer {TOKEN.token}"}


class InProcess:
    """The application with a token.

    proxies: web.trusted_proxies. preview: of the camera. web: other settings of [web].
    """

    def __init__(
        self, folder: Path, *proxies: str, preview: Preview | None = None, **web: Any
    ) -> None:
        config = Config(web=WebSettings(trusted_proxies=proxies, **web))
        names = frozenset({HOST, "localhost"})
        self.mirror = DaemonMirror()
        decoder = PhotoDecoder(UPLOAD_LIMITS, idle_timeout=1)
        profile = folder / "listener.sqlite"
        self._app = asyncio.run(
            build_app(config, profile, names, TOKEN, self.mirror, decoder, preview)
        )

    def request(
        self, method: str, path: str, client: str = "192.0.2.1", **options: Any
    ) -> httpx.Response:
        """The response to a request from the address `client`."""
        return asyncio.run(self._request(method, path, client, options))

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    async def _request(
        self, method: str, path: str, client: str, options: dict[str, Any]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=True, client=(client, 1))
        base_url = f"http://{HOST}"
        async with httpx.AsyncClient(transport=transport, base_url=base_url) as session:
            return await session.request(method, path, **options)
