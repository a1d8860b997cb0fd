"""Files and folders that only their user can read: the state of moodpi."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from moodpi.files import write_atomic

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
GROUP_AND_OTHERS = 0o077


def make_private_folder(folder: Path) -> None:
    """Create the folder for its user only, or narrow it and its files to that.

    A folder of another user, one with subfolders and a shared one such as /tmp stay as they are:
    they are not moodpi's. Raises OSError if the folder cannot be created.
    """
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True)
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        hand_over(folder, folder.parent)
        return
    with suppress(OSError):  # for example a file system without permissions
        _narrow(folder)


def create_private_file(path: Path) -> None:
    """Create an empty file for its user only, unless it exists. Raises OSError."""
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW
    with suppress(FileExistsError):
        descriptor = os.open(path, flags, PRIVATE_FILE)
        hand_over(descriptor, path.parent)
        os.close(descriptor)


def write_private(contents: Mapping[Path, bytes]) -> None:
    """Write files like write_atomic, for their user only, and make their folders private.

    Raises:
        MoodpiError: A file cannot be written; the existing files are unchanged.
    """
    for folder in {path.parent for path in contents}:
        with suppress(OSError):  # write_atomic raises the error
            make_private_folder(folder)
    write_atomic(contents, PRIVATE_FILE)
    for path in contents:
        hand_over(path, path.parent)


def hand_over(file: Path | int, folder: Path) -> None:
    """Give what root creates in a user's folder to that user, for example with sudo.

    file: A path or a descriptor. Otherwise the user's own moodpi could not read it.
    """
    if os.geteuid() == 0:
        owner = folder.stat()
        if isinstance(file, int):
            os.fchown(file, owner.st_uid, owner.st_gid)
        else:
            os.chown(file, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _narrow(folder: Path) -> None:
    status = folder.stat()
    with os.scandir(folder) as entries:
        modes = {Path(entry): entry.stat(follow_symlinks=False).st_mode for entry in entries}
    is_shared = bool(status.st_mode & stat.S_ISVTX) or any(map(stat.S_ISDIR, modes.values()))
    if is_shared or status.st_uid != os.geteuid():
        return
    if status.st_mode & GROUP_AND_OTHERS:
        folder.chmod(PRIVATE_FOLDER)
    for path, mode in modes.items():
        if stat.S_ISREG(mode) and mode & GROUP_AND_OTHERS:
            path.chmod(PRIVATE_FILE)
