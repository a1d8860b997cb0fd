"""Opens the profile's database: creates it if missing, checks it, quarantines a damaged file."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.music.profile.locks import folder_lock
from edge.music.profile.schema import APPLICATION_ID, TABLES, VERSION
from moodpi.errors import MoodpiError
from moodpi.files import rename_damaged

log = logging.getLogger(__name__)

# How long a process waits for another one's write, in seconds.
BUSY_TIMEOUT = 1.0
# SQLite's result codes for a file that cannot be written but may be readable (sqlite.org/rescode).
UNWRITABLE_CODES = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
}


class _DamagedError(Exception):
    """The file is not a valid profile."""


def connect(path: Path, busy_timeout: float = BUSY_TIMEOUT) -> sqlite3.Connection:
    """Connect to a valid profile, read-only if it cannot be written.

    Raises:
        OSError, sqlite3.Error: The folder or file cannot be used.
        MoodpiError: The file was written by a newer moodpi.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with folder_lock(path.parent):
        try:
            return _connect(path, busy_timeout)
        except _DamagedError as error:
            name = rename_damaged(path).name
            log.warning("%s is damaged (%s): renamed to %s, created again", path, error, name)
            return _connect(path, busy_timeout)


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Commit everything that is written inside, or nothing."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")


def _connect(path: Path, busy_timeout: float) -> sqlite3.Connection:
    if path.is_file() and not path.stat().st_size:
        log.warning("%s is empty after a full disk or a power cut: created again", path)
    try:
        return _connect_checked(path.absolute().as_uri(), busy_timeout, _check_or_create)
    except sqlite3.DatabaseError as error:
        # The low byte is the primary result code.
        if error.sqlite_errorcode & 0xFF not in UNWRITABLE_CODES or not path.is_file():
            raise
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    return _connect_checked(uri, busy_timeout, _check_tables)


def _connect_checked(
    uri: str, busy_timeout: float, check: Callable[[sqlite3.Connection], None]
) -> sqlite3.Connection:
    database = sqlite3.connect(
        uri, timeout=busy_timeout, isolation_level=None, check_same_thread=False, uri=True
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


def _check_or_create(database: sqlite3.Connection) -> None:
    """Check the file, and create the tables of a new one.

    With `synchronous = FULL` a commit is on the disk when it returns: a power cut loses at most the
    entry that is being written.
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
    result = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    if result != "ok":
        raise _DamagedError(" ".join(result.split()))
    tables = database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if tables and _pragma(database, "application_id") != APPLICATION_ID:
        raise _DamagedError("it belongs to another program")
    version = _pragma(database, "user_version")
    if version > VERSION:
        raise MoodpiError(
            f"the profile has version {version}, this moodpi reads {VERSION}: "
            "update moodpi, or move the file away",
            code="profile_version",
        )


def _pragma(database: sqlite3.Connection, name: str) -> int:
    return int(database.execute(f"PRAGMA {name}").fetchone()[0])
