"""A catalogue that is reopened when its file is replaced."""

from __future__ import annotations

import logging
from pathlib import Path

from catalog.extended import ExtendedCatalog
from catalog.own_songs import own_songs_file, read_own_songs
from catalog.store import DEFAULT_CATALOG, Catalog
from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# Device, inode, size in bytes, time of the last change in nanoseconds.
FileIdentity = tuple[int, int, int, int]


class ReloadingCatalog:
    """The catalogue at a path, reopened when another file replaces it. A context manager.

    A replacement is checked completely. One that is missing or invalid is logged once; the previous
    catalogue stays in use.

    Args:
        path: The catalogue's file; None for the one that ships with moodpi.
        own_songs: A file of songs to add (see catalog/own_songs.py), read again when it is
            replaced; None for none.

    Raises:
        MoodpiError: The catalogue cannot be opened at first.
    """

    def __init__(self, path: Path | None = None, own_songs: Path | None = None) -> None:
        self._path = DEFAULT_CATALOG if path is None else path
        self._identity = _identity(self._path)
        self._catalog = Catalog.open(self._path)
        self._own_songs = own_songs
        self._own_identity: FileIdentity | None = None
        self._extended = self._catalog
        self._extend_if_changed()

    def __enter__(self) -> ReloadingCatalog:
        return self

    def __exit__(self, *_: object) -> None:
        self._catalog.close()

    def current(self) -> Catalog:
        """The current catalogue. A catalogue returned earlier may be closed by this call."""
        identity = _identity(self._path)
        if identity != self._identity:
            self._identity = identity
            self._replace()
        self._extend_if_changed()
        return self._extended

    def _replace(self) -> None:
        try:
            with error_boundary(f"the catalogue {self._path}"):
                replacement = _open_checked(self._path)
        except MoodpiError as error:
            log.warning("still using the previous catalogue: %s", error)
            return
        log.info("the catalogue %s was replaced: %d tracks", self._path, len(replacement))
        self._catalog.close()
        self._catalog = self._extended = replacement
        self._own_identity = None

    def _extend_if_changed(self) -> None:
        """Add the own songs if their file, or the catalogue, was replaced."""
        identity = None if self._own_songs is None else _identity(self._own_songs)
        if self._own_songs is None or identity == self._own_identity:
            return
        self._own_identity = identity
        self._extended = ExtendedCatalog(self._catalog, read_own_songs(self._own_songs))


def catalog_with_own_songs(path: Path | None) -> ReloadingCatalog:
    """The catalogue at a path, None for the default one, with the songs that this user analyzed.

    Raises MoodpiError.
    """
    return ReloadingCatalog(path, own_songs_file())


def _open_checked(path: Path) -> Catalog:
    """Open a catalogue and check all of it, because a valid one is replaced by it."""
    catalog = Catalog.open(path)
    try:
        catalog.check()
    except BaseException:
        catalog.close()
        raise
    return catalog


def _identity(path: Path) -> FileIdentity | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
