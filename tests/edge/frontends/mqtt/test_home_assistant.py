"""A real daemon, a real broker and a real Home Assistant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("paho.mqtt")

from tests.edge.frontends.mqtt.home_assistant import HomeAssistant, needs_python
from tests.edge.frontends.mqtt.mosquitto import Mosquitto, MqttClient, needs_mosquitto
from tests.edge.portrait_camera import FakePerson, portrait_camera
from tests.edge.running_daemon import FAST_MOODS, RunningDaemon
from tests.waiting import wait_for

pytestmark = [pytest.mark.system, pytest.mark.long, needs_mosquitto, needs_python]

# What the frown of the portrait is taken for.
FROWN = "neutral"
MQTT = '[mqtt]\nhost = "127.0.0.1"\nport = {port}\nid = "{name}"\n'


def test_entities_appear_change_and_become_unavailable(tmp_path: Path, portrait: Path) -> None:
    (tmp_path / "sitter").mkdir()
    (tmp_path / "home").mkdir()
    sitter = FakePerson(tmp_path / "sitter", portrait)
    with (
        portrait_camera(sitter.picture) as camera,
        Mosquitto(tmp_path, "allow_anonymous true") as broker,
        HomeAssistant(tmp_path / "home", "sensor.moodpi_hall_mood", FROWN) as home,
        MqttClient(broker) as lamp,
    ):
        home.add_broker(broker)
        configuration = FAST_MOODS + MQTT.format(port=broker.port, name="hall")
        with RunningDaemon(tmp_path / "r", camera, configuration) as daemon:
            home.until("sensor.moodpi_hall_mood", "happy")
            home.until("binary_sensor.moodpi_hall_presence", "on")
            assert 0 < float(home.state("sensor.moodpi_hall_belief")) <= 100
            track = home.entities()["sensor.moodpi_hall_track"]
            assert (
                track["state"]
                == f"{track['attributes']['artist']} - " + (track["attributes"]["title"])
            )
            assert "lamp/set" not in lamp.messages
            sitter.frown()
            home.until("sensor.moodpi_hall_mood", FROWN)
            # The blueprint.
            order = json.loads(lamp.until("lamp/set", bool))
            assert (order["state"], order["color_temp"]) == ("ON", 2500)

            home.call("switch.turn_on", "switch.moodpi_hall_pause")
            home.until("switch.moodpi_hall_pause", "on")
            assert daemon.status()["paused"] is True
            home.call("switch.turn_off", "switch.moodpi_hall_pause")
            home.until("switch.moodpi_hall_pause", "off")
            home.call("select.select_option", "select.moodpi_hall_strategy", option="lift")
            wait_for(lambda: daemon.status()["strategy"] == "lift", "the strategy")
            sitter.leave()
            home.until("binary_sensor.moodpi_hall_presence", "off")
            home.until("sensor.moodpi_hall_mood", "unknown")

            daemon.process.kill()
            daemon.process.wait()
            home.until("sensor.moodpi_hall_mood", "unavailable")
            daemon.configuration.write_text(
                FAST_MOODS + MQTT.format(port=broker.port, name="attic")
            )
            sitter.smile()
            daemon.start()
            home.until("sensor.moodpi_attic_mood", "happy")
            wait_for(
                lambda: not any("hall" in entity for entity in home.entities()),
                "the old entities are gone",
            )
            assert "moodpi" not in home.log.read_text()
