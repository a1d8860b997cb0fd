"""One daemon for each state folder: a lock that its process holds until it ends."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

LOCK_FILE = "daemon.lock"
# The digits of the highest process id of Linux.
MAX_PID_LENGTH = 7


@contextmanager
def daemon_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of a state folder. The kernel releases it however the process ends.

    Without a writable folder there may be no lock. This is logged, and music can play.

    Raises MoodpiError (code `already_running`) if another process holds the lock.
    """
    try:
        descriptor = _open(folder)
    except OSError as error:
        log.warning("another moodpi cannot be detected: %s: %s", folder / LOCK_FILE, error.strerror)
        yield
        return
    try:
        _lock(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _open(folder: Path) -> int:
    """The descriptor of the lock file. Programs that moodpi starts do not inherit it."""
    path, flags = folder / LOCK_FILE, os.O_CLOEXEC | os.O_NOFOLLOW
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | flags, 0o600)
    # A file on a read-only disk can be locked too.
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK | flags)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise MoodpiError(
            f"moodpi is already running{_owner(descriptor)} with the state in {folder}: stop it "
            "first (`sudo systemctl stop moodpi`)",
            code="already_running",
        ) from error
    except OSError as error:
        log.warning("another moodpi cannot be detected: %s: %s", folder / LOCK_FILE, error.strerror)
    else:
        # Only for messages, so a full disk does not matter.
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)


def _owner(descriptor: int) -> str:
    """The process that holds the lock, as far as the file tells."""
    with suppress(OSError):
        pid = os.pread(descriptor, MAX_PID_LENGTH, 0)
        if pid.isdigit():
            return f" as process {pid.decode()}"
    return ""
