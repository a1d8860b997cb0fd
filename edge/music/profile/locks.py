"""Locks between processes that use one profile."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moodpi.private_files import create_private_file, make_private_folder

log = logging.getLogger(__name__)

SELECTION_LOCK_FILE = "selection.lock"
# How long a process waits for a lock, in seconds. A selection takes far less; a process that was
# stopped while it holds the lock must not block the others.
LOCK_TIMEOUT = 1.0
# How often it tries, in seconds.
LOCK_RETRY_INTERVAL = 0.02


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold an exclusive lock on the folder while the profile is opened.

    Raises TimeoutError if another process holds it for LOCK_TIMEOUT.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _acquire(descriptor)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def selection_lock(folder: Path) -> Iterator[None]:
    """Hold an exclusive lock while tracks are selected and added to the history.

    Without a writable folder there is no lock, because no history is written either. After
    LOCK_TIMEOUT the selection continues without the lock and can repeat another process's tracks.
    """
    try:
        make_private_folder(folder)
        create_private_file(folder / SELECTION_LOCK_FILE)
        descriptor = os.open(folder / SELECTION_LOCK_FILE, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield
        return
    try:
        try:
            _acquire(descriptor)
        except TimeoutError as error:
            log.warning("selecting tracks without a lock: %s", error.strerror)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int) -> None:
    deadline = time.monotonic() + LOCK_TIMEOUT
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                reason = f"another process has held the lock for {LOCK_TIMEOUT:g} s"
                raise TimeoutError(errno.ETIMEDOUT, reason) from error
            time.sleep(LOCK_RETRY_INTERVAL)
        else:
            return
