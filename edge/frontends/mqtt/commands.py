"""The commands that moodpi accepts over MQTT: those of edge.daemon that control playback.

Home Assistant's switch for the pause sends ON or OFF, so `pause` and `resume` share one topic.
"""

from __future__ import annotations

from edge.daemon.commands import PLAYBACK_COMMANDS, Command, find_command
from edge.frontends.control import send_command
from edge.frontends.mqtt.states import OFF, ON
from moodpi.errors import UsageError
from moodpi.text import quoted

# The last level of each command's topic.
MQTT_COMMANDS = {name: command for name, command in PLAYBACK_COMMANDS.items() if name != "resume"}


def execute_command(name: str, payload: str) -> None:
    """Send the daemon the command of one message.

    name: the last level of its topic. Raises MoodpiError if the command is unknown or fails.
    """
    command = find_command(name, MQTT_COMMANDS)
    if name == "pause":
        send_command(_pause_or_resume(payload))
    else:
        send_command(name, **_arguments(command, payload))


def _pause_or_resume(payload: str) -> str:
    if payload not in (ON, OFF):
        raise UsageError(f"{quoted(payload)}: expected {ON} or {OFF}", code="invalid_argument")
    return "pause" if payload == ON else "resume"


def _arguments(command: Command, payload: str) -> dict[str, str]:
    """The payload is the value of the command's argument, if it has one."""
    return {argument.name: payload for argument in command.arguments}
