"""A server on one address, from the configuration."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import uvicorn

from edge.config.load import Config
from edge.config.settings import WebSettings
from edge.frontends.control import EventStream
from edge.frontends.web.access_control import machine_names
from edge.frontends.web.access_token import FILE, AccessToken, load_or_create
from edge.frontends.web.app import build_app
from edge.frontends.web.daemon_mirror import DaemonMirror
from edge.frontends.web.header_timeout import MOST_HEADER_BYTES, HeaderTimeoutProtocol
from edge.music.profile.store import profile_file
from moodpi.errors import MoodpiError, UsageError
from moodpi.paths import state_folder

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 200
# How long open answers may take to end when the server stops, in seconds.
GRACE = 3


class WebServer:
    """The page at one address, had when this is made; `serve` serves it until a signal or `stop`.

    Raises MoodpiError where the address cannot be had or a certificate not be read.
    """

    def __init__(self, config: Config) -> None:
        _check_certificate(config.web)
        self._config = config
        self._listening = _listen(config.web.host, config.web.port)
        self._secret: AccessToken | None = None
        made = False
        if not _only_this_machine(self._listening):
            self._secret, made = load_or_create(state_folder())
        self._new_secret = self._secret if made else None
        self._server: uvicorn.Server | None = None
        self._stopped = False

    def address(self) -> str:
        """Where the page is, and who may see it, in one line without the token."""
        if self._secret is not None:
            return f"moodpi is at {self._url()} (the token is in {state_folder() / FILE})"
        only = "for this machine alone; --host 0.0.0.0 for your home"
        return f"moodpi is at {self._url()} ({only})"

    def greeting(self) -> list[str]:
        """The address and, the first time, the token: not for a log."""
        if self._new_secret is None:
            return [self.address()]
        return [
            f"moodpi is at {self._url()}",
            "Open it for the first time with this link, shown only now (it holds the token):",
            f"  {self._url()}login#{self._new_secret.token}",
        ]

    def serve(self, greet: Callable[[], None]) -> None:
        """`greet` is called once the page answers."""
        with self._listening:
            asyncio.run(self._run(greet))

    def stop(self) -> None:
        """End soon; may be called from another thread, also before `serve`."""
        self._stopped = True
        if self._server is not None:
            self._server.should_exit = True

    def _url(self) -> str:
        return _url(self._config.web, self._listening.getsockname()[1])

    async def _run(self, greet: Callable[[], None]) -> None:
        web, live, loop = self._config.web, DaemonMirror(), asyncio.get_running_loop()
        names = machine_names() | frozenset(name.lower() for name in web.names)
        app = await build_app(self._config, profile_file(), names, self._secret, live)
        settings = uvicorn.Config(
            app,
            http=HeaderTimeoutProtocol,
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=MOST_CONNECTIONS,
            h11_max_incomplete_event_size=MOST_HEADER_BYTES,
            timeout_graceful_shutdown=GRACE,
            ssl_certfile=web.tls_cert or None,
            ssl_keyfile=web.tls_key or None,
        )
        logging.getLogger("uvicorn").setLevel(logging.WARNING)
        self._server = _Server(settings, live, greet)
        self._server.should_exit = self._stopped
        with EventStream(lambda said: loop.call_soon_threadsafe(live.take, said)):
            await self._server.serve(sockets=[self._listening])


def serve(config: Config, say: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM. `say` gets what the person should see: addresses, the token.

    Raises MoodpiError as WebServer does.
    """
    site = WebServer(config)
    site.serve(lambda: say("\n".join(site.greeting())))


class _Server(uvicorn.Server):
    """Greets when it answers, and when it stops lets the pages that listen go first."""

    def __init__(
        self, config: uvicorn.Config, live: DaemonMirror, greet: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._live = live
        self._greet = greet

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._greet()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._live.close()
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # Said in full: asyncio turns Nagle's delay off only for what it knows to be TCP.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(address)
        except OSError:
            listening.close()
            raise
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise MoodpiError(
            f"cannot serve on {host} port {port}: {reason}: choose others with --host and --port"
        ) from error
    return listening


def _only_this_machine(listening: socket.socket) -> bool:
    return ipaddress.ip_address(listening.getsockname()[0].partition("%")[0]).is_loopback


def _check_certificate(web: WebSettings) -> None:
    if bool(web.tls_cert) != bool(web.tls_key):
        raise UsageError("TLS needs both: give --tls-cert FILE and --tls-key FILE")
    if not web.tls_cert:
        return
    try:
        for path in (web.tls_cert, web.tls_key):
            if not Path(path).is_file():
                raise MoodpiError(f"no such file: {path}")
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(web.tls_cert, web.tls_key)
    except (ssl.SSLError, OSError) as error:
        raise MoodpiError(
            f"{web.tls_cert} and {web.tls_key} are no certificate with its key: {error}"
        ) from error


def _url(web: WebSettings, port: int) -> str:
    scheme = "https" if web.tls_cert else "http"
    everywhere = web.host in ("0.0.0.0", "::")  # noqa: S104
    host = f"{socket.gethostname().partition('.')[0]}.local" if everywhere else web.host
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}:{port}/"
