"""Opens the profile's database: creates it if missing, checks it, quarantines a damaged file."""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.music.profile.locks import folder_lock
from edge.music.profile.schema import (
    APPLICATION_ID,
    LISTED_TABLE,
    STARRED_TABLE,
    TABLES,
    VALID_FEEDBACK,
    VALID_LISTED,
    VALID_PLAYED,
    VALID_STARRED,
    VERSION,
)
from moodpi.errors import MoodpiError
from moodpi.files import rename_damaged
from moodpi.private_files import create_private_file, make_private_folder
from moodpi.sqlite import restrict, time_limit
from moodpi.text import clean_text

log = logging.getLogger(__name__)

# How long a process waits for another one's write, in seconds.
BUSY_TIMEOUT = 1.0
# The largest file in bytes, and the longest check of one in seconds. Full profiles have 10 MB.
MAX_FILE_BYTES = 64_000_000
CHECK_TIMEOUT = 20.0
MAX_REASON_LENGTH = 200
# SQLite's result codes for a file that cannot be written but may be readable (sqlite.org/rescode).
UNWRITABLE_CODES = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
}


# The result codes for a file that is damaged, or that somebody else has written.
DAMAGED_CODES = {
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_TOOBIG,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_CONSTRAINT,
}


class _DamagedError(Exception):
    """The file is not a valid profile."""


def connect(path: Path, busy_timeout: float = BUSY_TIMEOUT) -> sqlite3.Connection:
    """Connect to a valid profile, read-only if it cannot be written.

    Raises:
        OSError, sqlite3.Error: The folder or file cannot be used.
        MoodpiError: The file was written by a newer moodpi.
    """
    make_private_folder(path.parent)
    with folder_lock(path.parent):
        try:
            return _connect(path, busy_timeout)
        except _DamagedError as error:
            name = rename_damaged(path).name
            reason = clean_text(str(error), MAX_REASON_LENGTH)
            log.warning("%s is damaged (%s): renamed to %s, created again", path, reason, name)
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
    _check_size(path)
    try:
        if not path.exists():
            create_private_file(path)  # its -wal and -shm files get the same permissions
        return _connect_checked(path.absolute().as_uri(), busy_timeout, _check_or_create)
    except sqlite3.DatabaseError as error:
        # The low byte is the primary result code.
        if error.sqlite_errorcode & 0xFF not in UNWRITABLE_CODES or not path.is_file():
            raise
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    return _connect_checked(uri, busy_timeout, _check)


def _check_size(path: Path) -> None:
    if not path.is_file():
        if path.exists():
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        return
    size = path.stat().st_size
    if not size:
        log.warning("%s is empty after a full disk or a power cut: created again", path)
    elif size > MAX_FILE_BYTES:
        raise _DamagedError(f"it has {size:,} bytes, more than {MAX_FILE_BYTES:,}")


def _connect_checked(
    uri: str, busy_timeout: float, check: Callable[[sqlite3.Connection], None]
) -> sqlite3.Connection:
    database = sqlite3.connect(
        uri, timeout=busy_timeout, isolation_level=None, check_same_thread=False, uri=True
    )
    try:
        with time_limit(database, CHECK_TIMEOUT):
            check(database)
    except BaseException as error:
        database.close()
        if _is_damage(error):
            raise _DamagedError(error) from error
        raise
    return database


def _is_damage(error: BaseException) -> bool:
    """Whether a check failed because of the content of the file."""
    if isinstance(error, sqlite3.Error):
        # Python's own errors, such as for a text that is not UTF-8, have no code.
        code = getattr(error, "sqlite_errorcode", None)
        return code is None or code & 0xFF in DAMAGED_CODES
    # An error message of SQLite can contain a name from the file that is not UTF-8.
    return isinstance(error, UnicodeDecodeError)


def _check_or_create(database: sqlite3.Connection) -> None:
    """Check the file, and create the tables of a new one.

    With `synchronous = FULL` a commit is on the disk when it returns: a power cut loses at most the
    entry that is being written.
    """
    # A power cut can leave a file without tables.
    is_new = database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if not is_new:
        _check(database)
    database.execute("PRAGMA synchronous = FULL")
    if is_new:
        database.execute("PRAGMA journal_mode = WAL")
        with transaction(database):
            for statement in TABLES.split(";\n"):
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            database.execute(f"PRAGMA user_version = {VERSION}")
    database.execute(LISTED_TABLE)
    database.execute(STARRED_TABLE)


def _check(database: sqlite3.Connection) -> None:
    """Check the whole file: its pages, its owner, its schema and every row.

    Raises OSError for a file without tables: a full disk prevented their creation.
    """
    if database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
        raise OSError(errno.ENODATA, "it has no tables, and cannot be written")
    result = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    if result != "ok":
        raise _DamagedError(" ".join(result.split()))
    if _pragma(database, "application_id") != APPLICATION_ID:
        raise _DamagedError("it belongs to another program")
    version = _pragma(database, "user_version")
    if version > VERSION:
        raise MoodpiError(
            f"the profile has version {version}, this moodpi reads {VERSION}: "
            "update moodpi, or move the file away",
            code="profile_version",
        )
    restrict(database)
    _check_rows(database)


def _check_rows(database: sqlite3.Connection) -> None:
    tables = {"played": VALID_PLAYED, "feedback": VALID_FEEDBACK}
    later = {"listed": VALID_LISTED, "starred_songs": VALID_STARRED}
    tables |= {table: valid for table, valid in later.items() if has_table(database, table)}
    for table, valid in tables.items():
        invalid = f"SELECT rowid FROM {table} WHERE {valid} IS NOT 1 LIMIT 1"  # noqa: S608
        if row := database.execute(invalid).fetchone():
            raise _DamagedError(f"entry {row[0]} of the table {table} has an invalid column")
        # SQLite does not check the encoding of texts; decoding them does.
        for _ in database.execute(f"SELECT * FROM {table}"):  # noqa: S608
            pass


def has_table(database: sqlite3.Connection, name: str) -> bool:
    """Whether the file has a table. One of moodpi 0.1.0 that is read-only lacks the later ones."""
    row = database.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
    return row is not None


def _pragma(database: sqlite3.Connection, name: str) -> int:
    return int(database.execute(f"PRAGMA {name}").fetchone()[0])
