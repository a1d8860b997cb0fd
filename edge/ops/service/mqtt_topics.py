"""The step of an uninstallation that deletes what moodpi has published at the MQTT broker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from edge.config.load import parse_config, read_config_file
from edge.ops.service.steps import RunCommand, Step
from moodpi.errors import MoodpiError


def forget_mqtt_steps(command: Path, configuration: Path) -> Iterator[Step]:
    """The step that deletes the topics; none without a broker in the configuration.

    A broker that is away does not stop the uninstallation.

    Args:
        command: The moodpi that is uninstalled.
        configuration: Its configuration.
    """
    try:
        host = parse_config(read_config_file(configuration), configuration).mqtt.host
    except MoodpiError:
        return
    if host:
        forget = (str(command), "mqtt", "forget", "--config", str(configuration))
        yield RunCommand("delete its topics at the MQTT broker", forget, required=False)
