"""Where a listener's file lives, made if it must be, and locked while the file is put in order."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

FILE = "listener.sqlite"
TURN = "choosing.lock"
# What SQLite keeps beside a file in WAL mode.
COMPANIONS = ("", "-wal", "-shm")


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
    """One process at a time, made to wait for the other; the lock ends with the process."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def turn(folder: Path) -> Iterator[None]:
    """One process at a time chooses for the listener whose folder this is.

    Where the folder cannot be written nothing is remembered either, and nobody has to wait.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / TURN, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def set_aside(path: Path) -> Path:
    """Rename a damaged file, with what SQLite kept beside it; the new name."""
    aside = path.with_name(f"{path.name}.damaged-{datetime.now():%Y%m%dT%H%M%S.%f}")
    for companion in COMPANIONS:
        beside = path.with_name(path.name + companion)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + companion))
    return aside
