"""The page, served by the daemon itself."""

from __future__ import annotations

import logging
import threading

from edge.config import Config
from edge.web.server import Site
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# How long the end of the daemon waits for answers that are under way, in seconds.
GRACE = 1.0


class PageBeside:
    """Serves the page from a thread for as long as it is entered; MoodpiError as Site raises it."""

    def __init__(self, config: Config) -> None:
        self._site = Site(config)
        self._thread = threading.Thread(target=self._serve, name="page", daemon=True)

    def __enter__(self) -> PageBeside:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._site.stop()
        self._thread.join(GRACE)

    def _serve(self) -> None:
        try:
            self._site.serve(lambda: log.info("%s", self._site.address()))
        except MoodpiError as error:
            log.warning("no page: %s", error)
