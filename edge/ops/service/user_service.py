"""moodpi as a user service, in the session that owns the person's sound server."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from edge.config.load import user_config_file
from edge.ops.service.configuration import upgrade_steps
from edge.ops.service.files import shipped_file
from edge.ops.service.mqtt_topics import forget_mqtt_steps
from edge.ops.service.steps import RemovePath, RunCommand, Step, WriteFile
from edge.ops.service.unit_text import escape_path
from moodpi.paths import expand_home

UNIT = "moodpi.service"


def user_install_steps() -> Iterator[Step]:
    """The steps that install this moodpi as a service of the current user."""
    if (configuration := user_config_file()).exists():
        yield from upgrade_steps(configuration)
    unit = shipped_file("user/moodpi.service").replace(
        "MOODPI", f'"{escape_path(_command()).replace("$", "$$")}"', 1
    )
    yield WriteFile("install the service", _units() / UNIT, unit)
    yield RunCommand("reload systemd", ("systemctl", "--user", "daemon-reload"))
    yield RunCommand("start the service with the session", ("systemctl", "--user", "enable", UNIT))
    yield RunCommand("start the service now", ("systemctl", "--user", "restart", UNIT))


def user_removal_steps() -> Iterator[Step]:
    """The steps that remove that service; they keep configuration and state."""
    stop = ("systemctl", "--user", "disable", "--now", UNIT)
    yield RunCommand("stop the service", stop, required=False)
    yield from forget_mqtt_steps(_command(), user_config_file())
    yield RemovePath("remove the service", _units() / UNIT)
    reload = ("systemctl", "--user", "daemon-reload")
    yield RunCommand("reload systemd", reload, required=False)


def _command() -> Path:
    """The moodpi as called: the target of /usr/local/bin/moodpi changes with every upgrade."""
    return Path(sys.argv[0]).absolute()


def _units() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or expand_home("~/.config")
    return Path(home) / "systemd" / "user"
