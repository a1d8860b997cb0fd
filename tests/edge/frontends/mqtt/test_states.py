"""The values of the state topics, and Home Assistant's discovery."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from edge.daemon.status import DaemonStatus
from edge.events import RunCounts
from edge.frontends.mqtt.discovery import ENTITIES, discovery_messages
from edge.frontends.mqtt.states import state_values
from edge.frontends.mqtt.topics import Topics, moodpi_id

TRACK = {"id": "a" * 22, "title": "Elektronika", "artist": "Vis-à-vis", "why": "calm"}
OTHER = {**TRACK, "title": "Another"}
HAPPY: dict[str, Any] = {
    "presence": {"present": True},
    "mood": {
        "emotion": "happy",
        "confidence": 0.81,
        "belief": 0.97,
        "valence": 0.6,
        "arousal": 0.4,
    },
    "tracks": {"tracks": [TRACK, OTHER]},
    "playing": None,
    "ratings": {},
    "paused": False,
    "pause_reason": "",
    "strategy": "match",
    "uptime": 60.0,
    "analysis_seconds": 3.0,
    "player_error": "",
    "camera_error": "",
    "song_analysis": "",
    "resting_face": None,
    "source": "picamera2",
    "player": "mpd",
    "songs": None,
    "preview": None,
    **dict.fromkeys(RunCounts.__dataclass_fields__, 0),
}


def published(document: dict[str, Any]) -> dict[str, str]:
    return state_values(DaemonStatus.from_json(document))


def test_every_state_has_a_value_for_a_mood() -> None:
    messages = published(HAPPY)
    assert json.loads(messages.pop("track_details")) == TRACK
    assert messages == {
        "mood": "happy",
        "confidence": "0.81",
        "belief": "0.97",
        "valence": "0.6",
        "arousal": "0.4",
        "presence": "ON",
        "track": "Vis-à-vis - Elektronika",
        "pause": "OFF",
        "strategy": "match",
    }


def test_the_playing_track_takes_precedence_over_the_list() -> None:
    assert published({**HAPPY, "playing": {"track": OTHER}})["track"] == "Vis-à-vis - Another"
    assert published({**HAPPY, "playing": {"track": None}})["track"] == "Vis-à-vis - Elektronika"


def test_unsure_is_a_mood_and_no_mood_is_unknown() -> None:
    unsure = {**HAPPY["mood"], "emotion": None}
    assert published({**HAPPY, "mood": unsure})["mood"] == "unsure"
    empty = {**HAPPY, "mood": None, "tracks": None, "presence": None}
    messages = published(empty)
    assert messages["presence"] == "OFF"
    assert [messages[name] for name in ("mood", "confidence", "valence", "track")] == ["None"] * 4


def test_a_long_title_is_cut_to_home_assistants_limit() -> None:
    long = {"tracks": [{**TRACK, "title": "la " * 200}]}
    assert len(published({**HAPPY, "tracks": long})["track"]) == 255


def test_every_entity_has_its_own_topics() -> None:
    topics = Topics("kitchen")
    messages = {topic: json.loads(text) for topic, text in discovery_messages(topics, "ha").items()}
    assert len(messages) == len(ENTITIES)
    assert len({entity["unique_id"] for entity in messages.values()}) == len(ENTITIES)
    for topic, entity in messages.items():
        assert re.fullmatch(r"ha/[a-z_]+/moodpi-kitchen/[a-z]+/config", topic)
        assert entity["availability_topic"] == "moodpi/kitchen/availability"
        assert entity["device"]["identifiers"] == ["moodpi-kitchen"]
        assert entity.keys() & {"state_topic", "command_topic"}
    states = {entity["state_topic"] for entity in messages.values() if "state_topic" in entity}
    details = {entity.get("json_attributes_topic") for entity in messages.values()} - {None}
    assert states | details == {topics.state(name) for name in published(HAPPY)}
    assert published(HAPPY)["mood"] in messages["ha/sensor/moodpi-kitchen/mood/config"]["options"]


def test_every_machine_has_a_unique_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "rasp berry.home")
    assert re.fullmatch(r"rasp_berry-[0-9a-f]{4}", moodpi_id(""))
    assert moodpi_id("") == moodpi_id("")
    assert moodpi_id("kitchen") == "kitchen"
