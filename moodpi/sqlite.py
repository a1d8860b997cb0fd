"""Limits for SQLite files that anybody may have written: neither their schema nor size is trusted.

https://www.sqlite.org/security.html
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

# Bytes of one value. The longest value of our own is the JSON of a catalogue's row numbers.
MAX_VALUE_BYTES = 64_000_000
# Instructions of SQLite's virtual machine between two checks of the time, a few milliseconds.
INSTRUCTIONS_PER_CHECK = 10_000


def restrict(database: sqlite3.Connection) -> None:
    """Deny the file's schema what ours does not use.

    Raises:
        sqlite3.DatabaseError: The file is no database, or its schema has a view, a trigger or a
            virtual table. They can run code of their author at every read and write.
    """
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    # Only tables and indexes have pages of their own.
    foreign = database.execute(
        "SELECT count(*) FROM sqlite_schema WHERE type NOT IN ('table', 'index') OR rootpage = 0"
    ).fetchone()[0]
    if foreign:
        raise sqlite3.DatabaseError("its schema has a view, a trigger or a virtual table")


@contextmanager
def time_limit(database: sqlite3.Connection, seconds: float) -> Iterator[None]:
    """Interrupt the statements of the block after this time: they raise sqlite3.OperationalError.

    A damaged file can make a statement endless. The time is that of the processor in this thread:
    a slow disk or a busy machine does not count.
    """
    deadline = time.thread_time() + seconds
    database.set_progress_handler(lambda: time.thread_time() > deadline, INSTRUCTIONS_PER_CHECK)
    try:
        yield
    finally:
        database.set_progress_handler(None, INSTRUCTIONS_PER_CHECK)
