"""A real Mosquitto on a port of its own, and who listens at it."""

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
    """Keeps nothing when it ends, so that whatever is there after a restart was sent anew.

    options: lines of its configuration.
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


class Listener:
    """Everything that a broker has or gets, the latest of each topic; and a voice of its own."""

    def __init__(self, broker: Mosquitto, trust: Path | None = None) -> None:
        self.heard: dict[str, str] = {}
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda client, *_: client.subscribe("#")
        self._client.on_message = self._note
        if trust is not None:
            self._client.username_pw_set(USER, PASSWORD)
            self._client.tls_set_context(ssl.create_default_context(cafile=trust))
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", broker.port)

    def __enter__(self) -> Listener:
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _note(self, _client: Client, _userdata: object, message) -> None:
        self.heard[message.topic] = message.payload.decode()

    def until(self, topic: str, holds: str | Callable[[str], bool]) -> str:
        """What the topic says once that is `holds`, or once `holds` says so of it."""
        fits = holds if callable(holds) else lambda text: text == holds
        wait_for(lambda: topic in self.heard and fits(self.heard[topic]), f"{topic}: {holds}")
        return self.heard[topic]

    def say(self, topic: str, payload: str, *, retain: bool = False) -> None:
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(10)
