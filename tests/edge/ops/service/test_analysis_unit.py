"""The unit of the analysis has the sandbox of the daemon's, and less of everything else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edge.ops.service.files import shipped_file
from edge.ops.service.steps import WriteFile
from edge.ops.service.system_service import system_install_steps, system_removal_steps

# What the daemon needs and the analysis does not.
DAEMONS_OWN = re.compile(
    r"(Device|IPAddress|RestrictAddressFamilies|Watchdog|Timeout|Restart|Runtime|Exec|Type|CPU|"
    r"Memory|Tasks|Wants|After|Start|Description|WantedBy)"
)


def directives(name: str) -> list[str]:
    lines = shipped_file(name).splitlines()
    return [line for line in lines if line and line[0] not in "#["]


def test_it_has_the_sandbox_of_the_daemon():
    daemon, analysis = directives("moodpi.service"), directives("moodpi-analysis.service")
    shared = [line for line in daemon if not DAEMONS_OWN.match(line)]
    assert len(shared) > 30
    assert not set(shared) - set(analysis)


def test_it_has_no_network_no_devices_and_the_lowest_priority():
    analysis = directives("moodpi-analysis.service")
    assert {"RestrictAddressFamilies=AF_UNIX", "PrivateDevices=yes", "Nice=19"} <= {*analysis}
    assert any(line.startswith("MemoryMax=") for line in analysis)


@pytest.mark.parametrize(("player", "action"), [("mpv", "enable"), ("print", "disable")])
def test_it_is_enabled_for_the_player_that_plays_files(player, action):
    steps = [*system_install_steps(player, Path("/srv/music"), "")]
    commands = [step.as_command() for step in steps]
    assert f"systemctl {action} --now moodpi-analysis.timer" in commands
    written = {step.path.name for step in steps if isinstance(step, WriteFile)}
    assert {"moodpi-analysis.service", "moodpi-analysis.timer"} <= written


def test_it_remains_as_it_is_with_mpd():
    commands = [step.as_command() for step in system_install_steps("mpd", None, "")]
    assert not any("moodpi-analysis.timer" in one for one in commands if "systemctl" in one)


def test_it_is_removed_with_the_service():
    commands = [step.as_command() for step in system_removal_steps(purge=False)]
    assert any("disable --now" in command and "analysis" in command for command in commands)
    assert sum("moodpi-analysis" in command and "rm -rf" in command for command in commands) == 3
