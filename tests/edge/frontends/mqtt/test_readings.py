"""From how the daemon stands to what is published of it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from edge.daemon.status import DaemonStatus
from edge.events import RunCounts
from edge.frontends.mqtt.discovery import ENTITIES, discovery
from edge.frontends.mqtt.readings import readings
from edge.frontends.mqtt.topics import Topics, identity_of

TRACK = {"id": "a" * 22, "title": "Elektronika", "artist": "Vis-à-vis", "why": "calm"}
OTHER = {**TRACK, "title": "Another"}
HAPPY: dict[str, Any] = {
    "presence": {"present": True},
    "mood": {"emotion": "happy", "confidence": 0.81, "valence": 0.6, "arousal": 0.4},
    "tracks": {"tracks": [TRACK, OTHER]},
    "playing": None,
    "paused": False,
    "pause_reason": "",
    "strategy": "match",
    "uptime": 60.0,
    "analysis_seconds": 3.0,
    "player_error": "",
    "camera_error": "",
    **dict.fromkeys(RunCounts.__dataclass_fields__, 0),
}


def published(document: dict[str, Any]) -> dict[str, str]:
    return readings(DaemonStatus.from_json(document))


def test_a_mood_is_told_in_every_reading() -> None:
    told = published(HAPPY)
    assert json.loads(told.pop("track_details")) == TRACK
    assert told == {
        "mood": "happy",
        "confidence": "0.81",
        "valence": "0.6",
        "arousal": "0.4",
        "presence": "ON",
        "track": "Vis-à-vis - Elektronika",
        "pause": "OFF",
        "strategy": "match",
    }


def test_what_plays_goes_before_what_was_given() -> None:
    assert published({**HAPPY, "playing": {"track": OTHER}})["track"] == "Vis-à-vis - Another"
    assert published({**HAPPY, "playing": {"track": None}})["track"] == "Vis-à-vis - Elektronika"


def test_unsure_is_a_mood_and_nobody_is_unknown() -> None:
    unsure = {**HAPPY["mood"], "emotion": None}
    assert published({**HAPPY, "mood": unsure})["mood"] == "unsure"
    empty = {**HAPPY, "mood": None, "tracks": None, "presence": None}
    told = published(empty)
    assert told["presence"] == "OFF"
    assert [told[name] for name in ("mood", "confidence", "valence", "track")] == ["None"] * 4


def test_a_long_title_is_cut_to_what_home_assistant_keeps() -> None:
    long = {"tracks": [{**TRACK, "title": "la " * 200}]}
    assert len(published({**HAPPY, "tracks": long})["track"]) == 255


def test_every_entity_is_described_with_topics_of_its_own() -> None:
    topics = Topics("kitchen")
    told = {topic: json.loads(text) for topic, text in discovery(topics, "ha").items()}
    assert len(told) == len(ENTITIES)
    assert len({entity["unique_id"] for entity in told.values()}) == len(ENTITIES)
    for topic, entity in told.items():
        assert re.fullmatch(r"ha/[a-z_]+/moodpi-kitchen/[a-z]+/config", topic)
        assert entity["availability_topic"] == "moodpi/kitchen/availability"
        assert entity["device"]["identifiers"] == ["moodpi-kitchen"]
        assert entity.keys() & {"state_topic", "command_topic"}
    states = {entity["state_topic"] for entity in told.values() if "state_topic" in entity}
    details = {entity.get("json_attributes_topic") for entity in told.values()} - {None}
    assert states | details == {topics.reading(name) for name in published(HAPPY)}
    assert published(HAPPY)["mood"] in told["ha/sensor/moodpi-kitchen/mood/config"]["options"]


def test_a_machine_has_an_identity_that_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "rasp berry.home")
    assert re.fullmatch(r"rasp_berry-[0-9a-f]{4}", identity_of(""))
    assert identity_of("") == identity_of("")
    assert identity_of("kitchen") == "kitchen"
