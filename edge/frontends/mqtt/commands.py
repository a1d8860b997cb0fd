"""What moodpi can be told over MQTT."""

from __future__ import annotations

from collections.abc import Callable

from edge.frontends.control import ask
from edge.frontends.mqtt.readings import OFF, ON
from moodpi.errors import UsageError, did_you_mean


def obey(name: str, payload: str) -> None:
    """Have the daemon do it. Raises MoodpiError for what it does not know or cannot do now."""
    if name not in COMMANDS:
        raise UsageError(f"unknown command '{name}': {did_you_mean(name, COMMANDS)}")
    COMMANDS[name](payload)


def _pause(payload: str) -> None:
    if payload not in (ON, OFF):
        raise UsageError(f"'{payload[:20]}' is no state: expected {ON} or {OFF}")
    ask("pause" if payload == ON else "resume")


# Each takes the message's text.
COMMANDS: dict[str, Callable[[str], object]] = {
    "pause": _pause,
    "strategy": lambda payload: ask("strategy", strategy=payload),
    "next": lambda _: ask("next"),
}
