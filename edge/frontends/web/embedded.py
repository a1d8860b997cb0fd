"""The page, served by the daemon itself."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from edge.config.load import Config
from edge.daemon.preview import Preview
from edge.frontends.web.server import WebServer
from edge.system.log_once import LogOnce
from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# How long the daemon waits for open responses when it stops, in seconds.
SHUTDOWN_TIMEOUT = 1.0
# Between attempts to serve the page, in seconds.
RETRY_INTERVAL = 10.0
# After this many seconds without a photo, its decoder ends: the daemon's memory is limited.
DECODER_IDLE_TIMEOUT = 60.0


class Server(Protocol):
    """The part of WebServer that EmbeddedServer uses."""

    def address(self) -> str: ...

    def private_address(self) -> str: ...

    def serve(self, on_ready: Callable[[], None]) -> None: ...

    def stop(self) -> None: ...


def create_web_server(config: Config, preview: Preview | None) -> WebServer:
    """The page as a part of the daemon."""
    return WebServer(config, DECODER_IDLE_TIMEOUT, preview)


class EmbeddedServer:
    """Serves the page from a thread while it is entered.

    A server that cannot start, or that fails, is started again after `retry_interval` seconds: at
    boot the network may be up later than moodpi, and a certificate may be renewed.
    """

    def __init__(
        self,
        config: Config,
        preview: Preview | None = None,
        create_server: Callable[[Config, Preview | None], Server] = create_web_server,
        retry_interval: float = RETRY_INTERVAL,
    ) -> None:
        self._config = config
        self._preview = preview
        self._create_server = create_server
        self._retry_interval = retry_interval
        self._server: Server | None = None
        self._warnings = LogOnce(log)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="page", daemon=True)

    def __enter__(self) -> EmbeddedServer:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stopped.set()
        if self._preview is not None:
            self._preview.close()
        if self._server is not None:
            self._server.stop()
        self._thread.join(SHUTDOWN_TIMEOUT)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                with error_boundary("the page"):
                    self._serve()
            except MoodpiError as error:
                self._warnings.warning("the page is not served: %s; retrying", error)
            self._stopped.wait(self._retry_interval)

    def _serve(self) -> None:
        try:
            server = self._server = self._create_server(self._config, self._preview)
            # __exit__ stops only a server that it sees: check again now that it is set.
            if not self._stopped.is_set():
                server.serve(self._on_ready)
        except OSError as error:
            raise MoodpiError(str(error)) from error

    def _on_ready(self) -> None:
        self._warnings.reset()
        if self._server is not None:
            log.info("%s", self._server.address())
            if self._preview is not None:
                self._preview.page_served(self._server.private_address())
