"""Opening a listener's file: checked through, made where it is missing, set aside where damaged."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.music.profile.folder import locked
from edge.music.profile.schema import APPLICATION_ID, TABLES, VERSION
from moodpi.errors import MoodpiError
from moodpi.files import rename_damaged

log = logging.getLogger(__name__)

# How long one process waits for another to finish writing.
BUSY_SECONDS = 1.0
# What SQLite says where nothing can be written, though something may be read (sqlite.org/rescode).
UNWRITABLE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL}
UNWRITABLE |= {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM}


class _DamagedError(Exception):
    """The file's bytes are not those of a listener's file."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection to a sound file, for reading alone where it cannot be written.

    Raises OSError or sqlite3.Error where there is none to be had, MoodpiError for a file of a
    newer moodpi's.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(path.parent):
        try:
            return _connected(path)
        except _DamagedError as error:
            name = rename_damaged(path).name
            log.warning("%s was damaged (%s): set aside as %s, starting anew", path, error, name)
            return _connected(path)


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All of what is written inside, or nothing."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")


def _connected(path: Path) -> sqlite3.Connection:
    if path.is_file() and not path.stat().st_size:
        log.warning("%s was empty, as a full disk or a power cut leaves it: starting anew", path)
    try:
        return _checked(path.absolute().as_uri(), _put_in_order)
    except sqlite3.DatabaseError as error:
        # The low byte is the primary result code.
        if error.sqlite_errorcode & 0xFF not in UNWRITABLE or not path.is_file():
            raise
    return _checked(f"{path.resolve().as_uri()}?mode=ro&immutable=1", _check_tables)


def _checked(address: str, check: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
    database = sqlite3.connect(
        address, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=True
    )
    try:
        check(database)
    except BaseException as error:
        database.close()
        code = error.sqlite_errorcode if isinstance(error, sqlite3.DatabaseError) else 0
        if code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise _DamagedError(error) from error
        raise
    return database


def _put_in_order(database: sqlite3.Connection) -> None:
    """Check the file through; a new one gets its tables.

    FULL: each commit is on the disk when it returns, so a power cut costs the entry being written.
    """
    _check(database)
    database.execute("PRAGMA synchronous = FULL")
    if _pragma(database, "user_version") == 0:
        database.execute("PRAGMA journal_mode = WAL")
        with transaction(database):
            for statement in TABLES.split(";\n"):
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            database.execute(f"PRAGMA user_version = {VERSION}")


def _check_tables(database: sqlite3.Connection) -> None:
    _check(database)
    database.execute("SELECT 1 FROM feedback, played")


def _check(database: sqlite3.Connection) -> None:
    verdict = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    if verdict != "ok":
        raise _DamagedError(" ".join(verdict.split()))
    tables = database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if tables and _pragma(database, "application_id") != APPLICATION_ID:
        raise _DamagedError("it is another program's")
    version = _pragma(database, "user_version")
    if version > VERSION:
        raise MoodpiError(
            f"the listener's file is of version {version}, this moodpi reads {VERSION}: "
            "update moodpi, or move the file away"
        )


def _pragma(database: sqlite3.Connection, name: str) -> int:
    return int(database.execute(f"PRAGMA {name}").fetchone()[0])
