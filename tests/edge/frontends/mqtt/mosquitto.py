"""A real Mosquitto broker on its own port, and a client."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.waiting import wait_for

PROGRAM = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
needs_mosquitto = pytest.mark.skipif(PROGRAM is None, reason="Debian's mosquitto is not installed")
USER, PASSWORD = "moodpi", "correct horse"


class Mosquitto:
    """A broker without persistence: after a restart it has no messages.

    options: Lines of its configuration.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self._configuration = folder / "mosquitto.conf"
        lines = (f"listener {self.port} 127.0.0.1", "persistence false", *options)
        self._configuration.write_text("\n".join(lines) + "\n")

    def __enter__(self) -> Mosquitto:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        assert PROGRAM
        self.process = subprocess.Popen(
            [PROGRAM, "-c", self._configuration], stderr=subprocess.DEVNULL
        )
        wait_for(self._answers, "mosquitto")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class MqttClient:
    """Subscribes to all topics and publishes. messages: The latest payload of each topic."""

    def __init__(self, broker: Mosquitto, trust: Path | None = None) -> None:
        self.messages: dict[str, str] = {}
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda client, *_: client.subscribe("#")
        self._client.on_message = self._on_message
        if trust is not None:
            self._client.username_pw_set(USER, PASSWORD)
            self._client.tls_set_context(ssl.create_default_context(cafile=trust))
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", broker.port)

    def __enter__(self) -> MqttClient:
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _client: Client, _userdata: object, message) -> None:
        self.messages[message.topic] = message.payload.decode()

    def until(self, topic: str, expected: str | Callable[[str], bool]) -> str:
        """The topic's payload, once it equals `expected` or `expected` is true of it."""
        matches = expected if callable(expected) else lambda text: text == expected
        wait_for(
            lambda: topic in self.messages and matches(self.messages[topic]), f"{topic}: {expected}"
        )
        return self.messages[topic]

    def publish(self, topic: str, payload: str, *, retain: bool = False) -> None:
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(10)
