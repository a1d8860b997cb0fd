"""moodpi as one person's own service, in the session where their sound lives."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from edge.ops.service.files import shipped
from edge.ops.service.steps import Remove, Run, Step, Write

UNIT = "moodpi.service"


def session_steps() -> Iterator[Step]:
    """What makes a service of the moodpi that runs this, for the person who runs it."""
    # As it was called: what /usr/local/bin/moodpi leads to changes with every upgrade.
    command = Path(sys.argv[0]).absolute()
    unit = shipped("user/moodpi.service").replace("MOODPI", str(command), 1)
    yield Write("your own service", _units() / UNIT, unit)
    yield Run("systemd learns of it", ("systemctl", "--user", "daemon-reload"))
    yield Run("it starts with your session", ("systemctl", "--user", "enable", UNIT))
    yield Run("it starts now", ("systemctl", "--user", "restart", UNIT))


def session_removal() -> Iterator[Step]:
    """What takes that service away; your configuration and what was learned stay."""
    yield Run("it stops", ("systemctl", "--user", "disable", "--now", UNIT), needed=False)
    yield Remove("no more of it", _units() / UNIT)
    yield Run("systemd forgets it", ("systemctl", "--user", "daemon-reload"), needed=False)


def _units() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "systemd" / "user"
