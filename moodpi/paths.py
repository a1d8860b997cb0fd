"""Where moodpi keeps its state."""

from __future__ import annotations

import os
from pathlib import Path


def state_folder() -> Path:
    """The folder that systemd gives a service, or the user's own.

    $STATE_DIRECTORY (its first, systemd.exec(5)), moodpi under $XDG_STATE_HOME, or
    ~/.local/state/moodpi.
    """
    if given := os.environ.get("STATE_DIRECTORY", "").partition(":")[0]:
        return Path(given)
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "moodpi"
