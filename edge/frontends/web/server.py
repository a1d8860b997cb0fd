"""The web server on one address: socket, token, TLS, and its life cycle."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvicorn

from edge.config.load import Config
from edge.config.settings import WebSettings
from edge.daemon.preview import Preview
from edge.frontends.control import EventStream
from edge.frontends.web.access_control import machine_names
from edge.frontends.web.access_token import FILE_NAME, AccessToken, load_or_create
from edge.frontends.web.addresses import Network, parse_address, parse_networks
from edge.frontends.web.app import build_app
from edge.frontends.web.daemon_mirror import DaemonMirror
from edge.frontends.web.http_connection import HttpConnection
from edge.frontends.web.listener import LimitedListener
from edge.frontends.web.login_link import login_link, page_url
from edge.frontends.web.preview import private_address
from edge.music.profile.store import profile_file
from edge.photos.decoder import PhotoDecoder
from edge.photos.limits import UPLOAD_LIMITS
from edge.system.freed_memory import return_freed_memory
from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError, UsageError
from moodpi.paths import state_folder
from moodpi.redaction import redact_address

# From the accepted connection to the end of the TLS handshake, and of its shutdown; in seconds.
HANDSHAKE_TIMEOUT = 10.0
TLS_SHUTDOWN_TIMEOUT = 5.0
# Connections that wait to be accepted.
BACKLOG = 128
# How long open responses may take to end when the server stops, in seconds.
SHUTDOWN_TIMEOUT = 3

log = logging.getLogger(__name__)


class WebServer:
    """Serves the page on the configured address, which it binds when created.

    Raises MoodpiError if the address cannot be bound or the certificate cannot be used.
    decoder_idle_timeout: see PhotoDecoder. preview: of the camera; None outside the daemon.
    """

    def __init__(
        self,
        config: Config,
        decoder_idle_timeout: float | None = None,
        preview: Preview | None = None,
    ) -> None:
        _check_certificate(config.web)
        self._config = config
        self._preview = preview
        self._decoder = PhotoDecoder(UPLOAD_LIMITS, decoder_idle_timeout)
        proxies = parse_networks(config.web.trusted_proxies)
        self._socket = _bind(config.web.host, config.web.port, proxies)
        self._token: AccessToken | None = None
        self._is_new_token = False
        # Behind a proxy, others than this machine can open the page also on a loopback address.
        if proxies or not _is_loopback(self._socket):
            self._token, self._is_new_token = load_or_create(state_folder())
        self._server: uvicorn.Server | None = None
        self._stop_requested = False

    def address(self) -> str:
        """One line with the page's address and who can open it, without the token."""
        if self._token is not None:
            return f"moodpi is at {self._url()} (the token is in {state_folder() / FILE_NAME})"
        return f"moodpi is at {self._url()} (this machine only; --host 0.0.0.0 for your home)"

    def welcome(self) -> tuple[str, str]:
        """The line about the address, and the link with a new token or "": not for a log."""
        if self._token is None or not self._is_new_token:
            return self.address(), ""
        return f"moodpi is at {self._url()}", login_link(self._url(), self._token.token)

    def private_address(self) -> str:
        """See edge.frontends.web.preview."""
        return private_address(self._config.web, self._url(), self._socket.getsockname()[0])

    def serve(self, on_ready: Callable[[], None]) -> None:
        """Serve until SIGINT, SIGTERM or `stop`; call `on_ready` once it accepts requests."""
        return_freed_memory()
        with self._socket, self._decoder:
            asyncio.run(self._run(on_ready))

    def stop(self) -> None:
        """Stop soon. It can be called from another thread and before `serve`."""
        self._stop_requested = True
        if self._server is not None:
            self._server.should_exit = True

    def _url(self) -> str:
        return page_url(self._config.web, self._socket.getsockname()[1])

    async def _run(self, on_ready: Callable[[], None]) -> None:
        web, mirror, loop = self._config.web, DaemonMirror(), asyncio.get_running_loop()
        names = machine_names() | frozenset(name.lower() for name in web.names)
        loop.set_exception_handler(_on_loop_error)
        app = await build_app(
            self._config,
            profile_file(),
            names,
            self._token,
            mirror,
            self._decoder,
            self._preview,
        )
        settings = uvicorn.Config(
            app,
            http=HttpConnection,
            ws="none",
            log_config=None,
            access_log=False,
            # uvicorn's own trusts 127.0.0.1 by default; TrustedProxies replaces it.
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=SHUTDOWN_TIMEOUT,
            ssl_certfile=web.tls_cert or None,
            ssl_keyfile=web.tls_key or None,
        )
        # Their warnings are about single requests: strangers could fill the log.
        for library in ("uvicorn", "python_multipart"):
            logging.getLogger(library).setLevel(logging.ERROR)
        self._server = _UvicornServer(settings, self._socket, mirror, on_ready)
        self._server.should_exit = self._stop_requested
        with EventStream(lambda message: loop.call_soon_threadsafe(mirror.update, message)):
            await self._server.serve()


def serve(config: Config, show: Callable[[str, str], None]) -> None:
    """Serve until SIGINT or SIGTERM.

    show: prints the line about the address to the user, and the link with a new token, or "".

    Raises MoodpiError as WebServer does.
    """
    server = WebServer(config)
    server.serve(lambda: show(*server.welcome()))


class _UvicornServer(uvicorn.Server):
    """Serves on one socket with a limit for TLS handshakes, which uvicorn lacks.

    It calls `on_ready` after the start, and disconnects event streams before the shutdown.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        listener: socket.socket,
        mirror: DaemonMirror,
        on_ready: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._listener = listener
        self._mirror = mirror
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
        await super().startup(sockets=[])
        tls = self.config.ssl
        server = await asyncio.get_running_loop().create_server(
            self._create_connection,
            sock=self._listener,
            backlog=BACKLOG,
            ssl=tls,
            ssl_handshake_timeout=HANDSHAKE_TIMEOUT if tls else None,
            ssl_shutdown_timeout=TLS_SHUTDOWN_TIMEOUT if tls else None,
        )
        self.servers.append(server)
        self._on_ready()

    def _create_connection(self) -> HttpConnection:
        return HttpConnection(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._mirror.close()
        await super().shutdown(sockets)


def _on_loop_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    with suppress(MoodpiError), error_boundary(context["message"]):
        raise context.get("exception") or RuntimeError(context["message"])


def _bind(host: str, port: int, proxies: Collection[Network]) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = LimitedListener(family, proxies)
        try:
            bound.bind(address)
        except OSError:
            bound.close()
            raise
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise MoodpiError(
            f"cannot serve on {redact_address(host)} port {port}: {reason}: choose another address "
            "with --host and --port",
            code="address_not_bound",
        ) from error
    return bound


def _is_loopback(bound: socket.socket) -> bool:
    return parse_address(bound.getsockname()[0]).is_loopback


def _check_certificate(web: WebSettings) -> None:
    if bool(web.tls_cert) != bool(web.tls_key):
        raise UsageError(
            "TLS needs a certificate and its key: give --tls-cert FILE and --tls-key FILE"
        )
    if not web.tls_cert:
        return
    try:
        for path in (web.tls_cert, web.tls_key):
            if not Path(path).is_file():
                raise MoodpiError(f"no such file: {path}", code="no_such_file")
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(web.tls_cert, web.tls_key)
    except (ssl.SSLError, OSError) as error:
        raise MoodpiError(
            f"cannot use the certificate {web.tls_cert} with the key {web.tls_key}: {error}",
            code="bad_certificate",
        ) from error
