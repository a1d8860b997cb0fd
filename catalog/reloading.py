"""The catalogue as it is now: a file may be replaced while it is in use."""

from __future__ import annotations

import logging
from pathlib import Path

from catalog.store import DEFAULT, Catalog
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# Device, inode, size in bytes, nanoseconds of the last change.
Identity = tuple[int, int, int, int]


class ReloadingCatalog:
    """Opens the catalogue at a path, and anew when another file has taken its place.

    path: None for the one that ships with moodpi. Raises MoodpiError where there is none at first;
    later a file that is missing or no good leaves the last good one in use, which is logged once.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = DEFAULT if path is None else path
        self._identity = _identity(self._path)
        self._catalog = Catalog.open(self._path)

    def __enter__(self) -> ReloadingCatalog:
        return self

    def __exit__(self, *_: object) -> None:
        self._catalog.close()

    def catalog(self) -> Catalog:
        """The catalogue to choose from now; the one given before may be closed."""
        identity = _identity(self._path)
        if identity == self._identity:
            return self._catalog
        self._identity = identity
        try:
            replacement = Catalog.open(self._path)
        except MoodpiError as error:
            log.warning("keeping the catalogue of before: %s", error)
            return self._catalog
        log.info("the catalogue %s was replaced: %d tracks", self._path, len(replacement))
        self._catalog.close()
        self._catalog = replacement
        return replacement


def _identity(path: Path) -> Identity | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
