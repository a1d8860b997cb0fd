"""What Home Assistant is told, so that its entities appear by themselves (MQTT discovery)."""

from __future__ import annotations

import json
from typing import Any

from edge.daemon.commands import COMMANDS
from edge.frontends.mqtt.commands import MQTT_COMMANDS
from edge.frontends.mqtt.readings import UNSURE
from edge.frontends.mqtt.topics import Topics
from models.emotions import EMOTIONS
from moodpi import __version__

(STRATEGY,) = COMMANDS["strategy"].arguments

# Component, its fields beside those that all have; those with a command may be set.
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
    "confidence": (
        "sensor",
        {
            "name": "Confidence",
            "icon": "mdi:percent",
            "unit_of_measurement": "%",
            "state_class": "measurement",
            "value_template": "{{ value if value == 'None' else (100 * value | float) | round }}",
        },
    ),
    "valence": (
        "sensor",
        {"name": "Valence", "icon": "mdi:thumbs-up-down", "state_class": "measurement"},
    ),
    "arousal": ("sensor", {"name": "Arousal", "icon": "mdi:pulse", "state_class": "measurement"}),
    "presence": ("binary_sensor", {"name": "Somebody", "device_class": "occupancy"}),
    "track": ("sensor", {"name": "Track", "icon": "mdi:music"}),
    "pause": ("switch", {"name": "Pause", "icon": "mdi:pause"}),
    "strategy": (
        "select",
        {"name": "Strategy", "icon": "mdi:compass", "options": [*STRATEGY.choices]},
    ),
    "next": ("button", {"name": "Others", "icon": "mdi:skip-next"}),
}


def discovery(topics: Topics, prefix: str) -> dict[str, str]:
    """Every entity's configuration by the topic it is published at, below `prefix`."""
    return {
        f"{prefix}/{component}/moodpi-{topics.identity}/{name}/config": json.dumps(
            {**fields, **_links(topics, name, component), **_common(topics, name)}
        )
        for name, (component, fields) in ENTITIES.items()
    }


def _links(topics: Topics, name: str, component: str) -> dict[str, str]:
    links = {}
    if component != "button":
        links["state_topic"] = topics.reading(name)
    if name in MQTT_COMMANDS:
        links["command_topic"] = topics.command(name)
    if name == "track":
        links["json_attributes_topic"] = topics.reading("track_details")
    return links


def _common(topics: Topics, name: str) -> dict[str, Any]:
    device = f"moodpi-{topics.identity}"
    return {
        "unique_id": f"{device}-{name}",
        "availability_topic": topics.availability,
        "origin": {"name": "moodpi", "sw_version": __version__},
        "device": {
            "identifiers": [device],
            "name": f"moodpi {topics.identity}",
            "manufacturer": "moodpi",
            "sw_version": __version__,
        },
    }
