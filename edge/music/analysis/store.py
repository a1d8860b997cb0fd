"""The features of the analyzed songs, in a database of the state folder.

A song is written when it was analyzed: an analysis that is killed loses one song.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.audio.features import FEATURES, VERSION
from moodpi.errors import MoodpiError
from moodpi.files import quarantine
from moodpi.paths import state_folder
from moodpi.private_files import create_private_file, make_private_folder
from moodpi.sqlite import restrict, time_limit
from moodpi.text import MAX_MESSAGE_LENGTH, clean_text

log = logging.getLogger(__name__)

FILE = "analysis.sqlite"
APPLICATION_ID = 0x6D6F6F61  # "mooa"
ACCESS_TIMEOUT = 20.0
TABLE = """
CREATE TABLE IF NOT EXISTS song (
    path BLOB PRIMARY KEY,      -- bytes, because a file name need not be a text
    revision TEXT NOT NULL,     -- changes with the file
    version INTEGER NOT NULL,   -- edge.audio.features.VERSION
    features BLOB,              -- little-endian float32 [FEATURES]; NULL if it was skipped
    code TEXT NOT NULL,         -- the reason for skipping it, as the code of an error
    reason TEXT NOT NULL        -- and as a message
) WITHOUT ROWID
"""


def analysis_file() -> Path:
    """The file of the features, in the state folder."""
    return state_folder() / FILE


@dataclass(frozen=True)
class Analyzed:
    """What is known of a file.

    Attributes:
        revision: That of the file when it was analyzed.
        features: float32 [len(FEATURES)]; None if the song was skipped.
        code: The code of the error for which it was skipped. Empty with features.
        reason: The error's message.
    """

    revision: str
    features: NDArray[np.float32] | None
    code: str = ""
    reason: str = ""


class AnalysisStore:
    """The open database. A context manager. Every method raises MoodpiError if it fails."""

    def __init__(self, path: Path) -> None:
        """Open the file, or create it. A damaged file is quarantined and logged."""
        self._path = path
        try:
            self._database = self._open()
        except sqlite3.DatabaseError as error:
            if not path.exists() or isinstance(error, sqlite3.OperationalError):
                raise self._unusable(error) from error
            quarantine(path, error)
            self._database = self._open()

    def __enter__(self) -> AnalysisStore:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def read(self) -> dict[str, Analyzed]:
        """Everything that this version of the features has analyzed, by path."""
        with self._using():
            rows = self._database.execute(
                "SELECT path, revision, features, code, reason FROM song WHERE version = ?",
                (VERSION,),
            ).fetchall()
        return {
            os.fsdecode(path): Analyzed(revision, _vector(features), code, reason)
            for path, revision, features, code, reason in rows
            if features is None or len(features) == 4 * len(FEATURES)
        }

    def add(self, path: str, song: Analyzed) -> None:
        """Store a song. It is on the disk when this returns."""
        features = None if song.features is None else song.features.astype("<f4").tobytes()
        row = (os.fsencode(path), song.revision, VERSION, features, song.code, song.reason)
        with self._using():
            self._database.execute("INSERT OR REPLACE INTO song VALUES (?, ?, ?, ?, ?, ?)", row)

    def remove(self, paths: Iterator[str]) -> None:
        """Forget files that no longer exist."""
        with self._using():
            self._database.executemany(
                "DELETE FROM song WHERE path = ?", [(os.fsencode(path),) for path in paths]
            )

    def _open(self) -> sqlite3.Connection:
        try:
            make_private_folder(self._path.parent)
            create_private_file(self._path)
        except OSError as error:
            raise self._unusable(error) from error
        database = sqlite3.connect(self._path, isolation_level=None, timeout=ACCESS_TIMEOUT)
        try:
            restrict(database)
            database.execute("PRAGMA synchronous = FULL")
            # Reading must not write: another analysis can be running, or the disk be read-only.
            if database.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                database.execute(TABLE)
                database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            _check(database)
        except BaseException:
            database.close()
            raise
        return database

    @contextmanager
    def _using(self) -> Iterator[None]:
        try:
            with time_limit(self._database, ACCESS_TIMEOUT):
                yield
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> MoodpiError:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        shown = clean_text(reason or "unknown error", MAX_MESSAGE_LENGTH)
        return MoodpiError(f"cannot use {self._path}: {shown}", code="analysis_unusable")


def _vector(features: bytes | None) -> NDArray[np.float32] | None:
    return None if features is None else np.frombuffer(features, "<f4")


def _check(database: sqlite3.Connection) -> None:
    if (result := database.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
        raise sqlite3.DatabaseError(result)
