"""The page, served by the daemon itself."""

from __future__ import annotations

import logging
import threading
from functools import partial

from edge.config.load import Config
from edge.frontends.web.server import WebServer
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# How long the end of the daemon waits for answers that are under way, in seconds.
GRACE = 1.0
# Between attempts, in seconds.
PAUSE = 10.0


class EmbeddedServer:
    """Serves the page from a thread for as long as it is entered.

    Where it cannot be served it is tried again: at boot the network may come later than moodpi, and
    a certificate may be renewed.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._site: WebServer | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="page", daemon=True)

    def __enter__(self) -> EmbeddedServer:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._over.set()
        if self._site is not None:
            self._site.stop()
        self._thread.join(GRACE)

    def _serve(self) -> None:
        told: set[str] = set()
        while not self._over.is_set():
            try:
                site = self._site = WebServer(self._config)
                # Whoever ended it before this line could not stop it.
                if not self._over.is_set():
                    site.serve(partial(log.info, "%s", site.address()))
            except (MoodpiError, OSError) as error:
                if str(error) not in told:
                    log.warning("no page: %s; trying again from time to time", error)
                told.add(str(error))
            self._over.wait(PAUSE)
