"""Home Assistant's MQTT discovery: its entities appear without configuration."""

from __future__ import annotations

import json
from typing import Any

from edge.daemon.commands import COMMANDS
from edge.frontends.mqtt.commands import MQTT_COMMANDS
from edge.frontends.mqtt.states import UNSURE
from edge.frontends.mqtt.topics import CONFIG, Topics
from models.emotions import EMOTIONS
from moodpi import __version__

(STRATEGY,) = COMMANDS["strategy"].arguments

# A sensor whose value is a share, 0 to 1, or unknown.
PERCENTAGE = {
    "unit_of_measurement": "%",
    "state_class": "measurement",
    "value_template": "{{ value if value == 'None' else (100 * value | float) | round }}",
}
# The component and the specific fields of each entity, by the name of its topic.
ENTITIES: dict[str, tuple[str, dict[str, Any]]] = {
    "mood": (
        "sensor",
        {
            "name": "Mood",
            "icon": "mdi:emoticon",
            "device_class": "enum",
            "options": [*EMOTIONS, UNSURE],
        },
    ),
    "confidence": ("sensor", {"name": "Confidence", "icon": "mdi:percent", **PERCENTAGE}),
    "belief": ("sensor", {"name": "Belief", "icon": "mdi:check-decagram", **PERCENTAGE}),
    "valence": (
        "sensor",
        {"name": "Valence", "icon": "mdi:thumbs-up-down", "state_class": "measurement"},
    ),
    "arousal": ("sensor", {"name": "Arousal", "icon": "mdi:pulse", "state_class": "measurement"}),
    "presence": ("binary_sensor", {"name": "Presence", "device_class": "occupancy"}),
    "track": ("sensor", {"name": "Track", "icon": "mdi:music"}),
    "pause": ("switch", {"name": "Pause", "icon": "mdi:pause"}),
    "strategy": (
        "select",
        {"name": "Strategy", "icon": "mdi:compass", "options": [*STRATEGY.choices]},
    ),
    "next": ("button", {"name": "Next tracks", "icon": "mdi:skip-next"}),
}


def discovery_messages(topics: Topics, prefix: str) -> dict[str, str]:
    """The configuration of every entity, by its topic below `prefix`."""
    return {
        f"{prefix}/{component}/moodpi-{topics.id}/{name}/{CONFIG}": json.dumps(
            {**fields, **_topic_fields(topics, name, component), **_common_fields(topics, name)}
        )
        for name, (component, fields) in ENTITIES.items()
    }


def _topic_fields(topics: Topics, name: str, component: str) -> dict[str, str]:
    fields = {}
    if component != "button":
        fields["state_topic"] = topics.state(name)
    if name in MQTT_COMMANDS:
        fields["command_topic"] = topics.command(name)
    if name == "track":
        fields["json_attributes_topic"] = topics.state("track_details")
    return fields


def _common_fields(topics: Topics, name: str) -> dict[str, Any]:
    device = f"moodpi-{topics.id}"
    return {
        "unique_id": f"{device}-{name}",
        "availability_topic": topics.availability,
        "origin": {"name": "moodpi", "sw_version": __version__},
        "device": {
            "identifiers": [device],
            "name": f"moodpi {topics.id}",
            "manufacturer": "moodpi",
            "sw_version": __version__,
        },
    }
