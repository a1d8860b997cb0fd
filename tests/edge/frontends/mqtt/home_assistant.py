"""A real Home Assistant in an environment of its own."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.edge.frontends.mqtt.mosquitto import Mosquitto
from tests.waiting import wait_for

# The last version for Python 3.13.0, and what its MQTT integration would install at its first use.
REQUIREMENTS = ("homeassistant==2025.4.*", "paho-mqtt==2.1.0")
ENVIRONMENT = ROOT / "build" / "home-assistant"
BLUEPRINT = ROOT / "docs" / "blueprints" / "mood_light.yaml"
PYTHON = next(
    (
        str(path)
        for path in (
            shutil.which("python3.13"),
            *sorted(Path("~/.pyenv/versions").expanduser().glob("3.13.*/bin/python")),
        )
        if path
    ),
    None,
)
needs_python = pytest.mark.skipif(PYTHON is None, reason="Python 3.13 is not installed")
# Only what the test uses: the web interface alone has 60 MB.
CONFIGURATION = """
homeassistant: {{name: Home, time_zone: UTC, latitude: 0, longitude: 0, elevation: 0}}
http: {{server_host: 127.0.0.1, server_port: {port}}}
api:
auth:
config:
onboarding:
logger: {{default: warning}}
mqtt:
  light:
    - name: Lamp
      schema: json
      command_topic: lamp/set
      brightness: true
      supported_color_modes: [color_temp]
      color_temp_kelvin: true
automation:
  - alias: Warm light
    use_blueprint:
      path: moodpi/mood_light.yaml
      input:
        mood: {mood}
        emotion: {emotion}
        duration: 1
        light: {{entity_id: light.lamp}}
"""


def installed_program() -> Path:
    """Home Assistant, installed under build/. The first time takes ten minutes and 500 MB."""
    program = ENVIRONMENT / "bin" / "hass"
    if not program.exists():
        assert PYTHON
        subprocess.run([PYTHON, "-m", "venv", ENVIRONMENT], check=True)
        pip = [str(ENVIRONMENT / "bin" / "pip"), "install", "--quiet", *REQUIREMENTS]
        subprocess.run(pip, check=True, capture_output=True)
    return program


class HomeAssistant:
    """A Home Assistant with one owner, an MQTT broker, a lamp and moodpi's blueprint.

    log: Its warnings and errors.

    Args:
        folder: An empty folder for its configuration.
        mood: The entity that the blueprint's automation watches.
        emotion: The state of it at which the lamp turns warm.
    """

    def __init__(self, folder: Path, mood: str, emotion: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._url = f"http://127.0.0.1:{free.getsockname()[1]}"
        self._folder = folder
        self.log = folder / "log"
        self._token = ""
        port = self._url.rpartition(":")[2]
        text = CONFIGURATION.format(port=port, mood=mood, emotion=emotion)
        (folder / "configuration.yaml").write_text(text)
        blueprints = folder / "blueprints" / "automation" / "moodpi"
        blueprints.mkdir(parents=True)
        shutil.copy(BLUEPRINT, blueprints)

    def __enter__(self) -> HomeAssistant:
        program = installed_program()
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [program, "--config", self._folder],
                stdout=log,
                stderr=log,
                env={"PATH": f"{program.parent}:/usr/bin:/bin", "HOME": str(self._folder)},
            )
        wait_for(self._answers, "Home Assistant", 300)
        self._create_owner()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(60)

    def add_broker(self, broker: Mosquitto) -> None:
        """Set up the MQTT integration, as its dialogue does."""
        flows = "/api/config/config_entries/flow"
        flow = self._post(flows, {"handler": "mqtt", "show_advanced_options": False})
        done = self._post(
            f"{flows}/{flow['flow_id']}", {"broker": "127.0.0.1", "port": broker.port}
        )
        assert done["type"] == "create_entry", done

    def state(self, entity: str) -> str:
        """The state of an entity; empty if there is none."""
        try:
            return str(self._request(f"/api/states/{entity}")["state"])
        except urllib.error.HTTPError:
            return ""

    def entities(self) -> dict[str, dict[str, Any]]:
        """The state and attributes of every entity, by its id."""
        return {each["entity_id"]: each for each in self._request("/api/states")}

    def call(self, action: str, entity: str, **data: object) -> None:
        """Call an action such as switch.turn_on."""
        path = "/api/services/" + action.replace(".", "/")
        self._post(path, {"entity_id": entity, **data})

    def until(self, entity: str, expected: str) -> None:
        """Wait until an entity has a state."""
        wait_for(lambda: self.state(entity) == expected, f"{entity}: {expected}", 60)

    def _answers(self) -> bool:
        assert self._process.poll() is None, self.log.read_text()
        try:
            return bool(self._request("/api/onboarding"))
        except (OSError, ValueError):
            return False

    def _create_owner(self) -> None:
        client = {"client_id": f"{self._url}/"}
        owner = {"name": "Owner", "username": "owner", "password": "secret", "language": "en"}
        code = self._post("/api/onboarding/users", {**client, **owner})["auth_code"]
        form = {**client, "grant_type": "authorization_code", "code": code}
        answer = self._request("/auth/token", urllib.parse.urlencode(form).encode())
        self._token = answer["access_token"]

    def _post(self, path: str, document: dict[str, Any]) -> Any:
        return self._request(path, json.dumps(document).encode())

    def _request(self, path: str, body: bytes | None = None) -> Any:
        request = urllib.request.Request(self._url + path, body)  # noqa: S310  # loopback
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        if body is not None and body.startswith(b"{"):
            request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer)
