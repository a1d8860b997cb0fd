"""Where a listener's file lives, made if it must be, and locked while the file is put in order."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moodpi.paths import state_folder

log = logging.getLogger(__name__)

FILE = "listener.sqlite"
TURN = "choosing.lock"
# How long one program waits for another that keeps a lock, and how often it looks, in seconds: far
# more than choosing takes, for one that was stopped in the middle of it must not stop the others.
LOCK_PATIENCE, LOCK_PAUSE = 1.0, 0.02


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
