"""The folders of moodpi's state and of the user's own models."""

from __future__ import annotations

import os
from pathlib import Path

from moodpi.errors import UsageError
from moodpi.text import quoted


def expand_home(path: str) -> Path:
    """A path with a home folder in place of the `~` or `~user` that it starts with.

    Raises UsageError if the user or the home folder is not known.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise UsageError(
            f"{quoted(path)}: the home folder is not known: write the whole path, or set HOME",
            code="no_home_folder",
        ) from error


def state_folder() -> Path:
    """The state folder of the service or of the user.

    It is the first folder of $STATE_DIRECTORY (systemd.exec(5)), else moodpi under
    $XDG_STATE_HOME, else ~/.local/state/moodpi.
    """
    if service_folder := _service_folder():
        return Path(service_folder)
    home = os.environ.get("XDG_STATE_HOME") or expand_home("~/.local/state")
    return Path(home) / "moodpi"


def models_folder() -> Path:
    """The folder of the user's or the service's own models.

    It is models in the first folder of $STATE_DIRECTORY (systemd.exec(5)), else moodpi/models under
    $XDG_DATA_HOME, else ~/.local/share/moodpi/models.
    """
    if service_folder := _service_folder():
        return Path(service_folder) / "models"
    home = os.environ.get("XDG_DATA_HOME") or expand_home("~/.local/share")
    return Path(home) / "moodpi" / "models"


def _service_folder() -> str:
    """The first folder of $STATE_DIRECTORY, which systemd sets for the service; else empty."""
    return os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
