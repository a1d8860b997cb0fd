"""Where a listener's file lives, made if it must be, and locked while the file is put in order."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

log = logging.getLogger(__name__)

FILE = "listener.sqlite"
TURN = "choosing.lock"
# What SQLite keeps beside a file in WAL mode.
COMPANIONS = ("", "-wal", "-shm")
# How long one program waits for another that keeps a lock, and how often it looks, in seconds: far
# more than choosing takes, for one that was stopped in the middle of it must not stop the others.
LOCK_PATIENCE, LOCK_PAUSE = 1.0, 0.02


def state_folder() -> Path:
    """The folder that systemd gives a service, or the user's own.

    $STATE_DIRECTORY (its first, systemd.exec(5)), moodpi under $XDG_STATE_HOME, or
    ~/.local/state/moodpi.
    """
    if given := os.environ.get("STATE_DIRECTORY", "").partition(":")[0]:
        return Path(given)
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "moodpi"


def listener_file() -> Path:
    """The file of the listener who runs this."""
    return state_folder() / FILE


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time, made to wait for the other; the lock ends with the process.

    Raises TimeoutError where another keeps it.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def turn(folder: Path) -> Iterator[None]:
    """One process at a time chooses for the listener whose folder this is.

    Where the folder cannot be written nothing is remembered either, and nobody has to wait; where
    another does not come to its end, both may choose the same.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / TURN, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        yield
        return
    try:
        try:
            _lock(descriptor)
        except TimeoutError as error:
            log.warning("choosing beside another moodpi: %s", error.strerror)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    deadline = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                why = f"another program has kept it locked for {LOCK_PATIENCE:g} s"
                raise TimeoutError(errno.ETIMEDOUT, why) from error
            time.sleep(LOCK_PAUSE)
        else:
            return


def retire(path: Path, error: Exception) -> None:
    """Set a damaged file aside and log it; where nothing can be renamed, only log it."""
    try:
        aside = set_aside(path).name
    except OSError as refusal:
        aside = f"is where it was, for it cannot be renamed: {refusal.strerror}"
    else:
        aside = f"set aside as {aside}"
    log.warning("%s was damaged (%s): %s", path, error, aside)


def set_aside(path: Path) -> Path:
    """Rename a damaged file, with what SQLite kept beside it; the new name."""
    aside = path.with_name(f"{path.name}.damaged-{datetime.now():%Y%m%dT%H%M%S.%f}")
    for companion in COMPANIONS:
        beside = path.with_name(path.name + companion)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + companion))
    return aside
