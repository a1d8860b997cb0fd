"""The address of a broker, with user names and passwords of any characters."""

from __future__ import annotations

import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from edge.config.settings import MqttSettings
from moodpi.errors import UsageError
from tests.raising import raises
from tests.waiting import wait_for

broker_of = pytest.importorskip("edge.frontends.mqtt.broker").broker_of


@pytest.mark.parametrize(
    ("settings", "parts"),
    [
        ({"host": "broker"}, ("broker", 1883, "", "", False)),
        ({"host": "::1", "port": 1884}, ("::1", 1884, "", "", False)),
        ({"host": "[::1]"}, ("::1", 1883, "", "", False)),
        ({"host": "me:p@ss@broker"}, ("broker", 1883, "me", "p@ss", False)),
        ({"host": "mqtt://me:p%40s/s@broker:1884"}, ("broker", 1884, "me", "p@s/s", False)),
        ({"host": "mqtts://broker"}, ("broker", 8883, "", "", True)),
        ({"host": "b", "username": "a@b", "password": "c%41:"}, ("b", 1883, "a@b", "c%41:", False)),
        ({"host": "mqtt://x:y@b", "username": "me"}, ("b", 1883, "me", "y", False)),
    ],
)
def test_the_broker_of_the_settings(settings, parts):
    broker = broker_of(MqttSettings(**settings))
    found = (broker.host, broker.port, broker.username, broker.password, broker.tls)
    assert found == parts
    assert "p@s" not in repr(broker)


@pytest.mark.parametrize("host", ["http://broker", "mqtt://", "mqtt://me:secret@b:x"])
def test_an_impossible_broker_is_an_error_without_the_password(host):
    with raises("invalid_address", UsageError) as error:
        broker_of(MqttSettings(host=host))
    assert "secret" not in str(error.value)


@pytest.mark.system
@pytest.mark.parametrize("is_url", [True, False])
def test_a_user_name_and_a_password_of_any_characters_open_a_broker(tmp_path: Path, is_url, caplog):
    bridge = pytest.importorskip("edge.frontends.mqtt.bridge", reason="needs moodpi[mqtt]")
    mosquitto = pytest.importorskip("tests.edge.frontends.mqtt.mosquitto")
    if mosquitto.PROGRAM is None:
        pytest.skip("Debian's mosquitto is not installed")
    username, password = "m@e/ü", "p@s:s/w?r#d %41 \"'\\"
    users = tmp_path / "users"
    subprocess.run(["mosquitto_passwd", "-b", "-c", users, username, password], check=True)
    users.chmod(0o644)
    caplog.set_level("INFO")
    options = ("allow_anonymous false", f"password_file {users}", "user root")
    with mosquitto.Mosquitto(tmp_path, *options) as broker:
        url = f"mqtt://{quote(username, safe='')}:{quote(password, safe='')}@127.0.0.1"
        settings = MqttSettings(
            host=url if is_url else "127.0.0.1",
            port=broker.port,
            username="" if is_url else username,
            password="" if is_url else password,
        )
        with bridge.MqttBridge(settings):
            wait_for(lambda: "connected to" in caplog.text, "the connection")
    assert password not in caplog.text
    assert quote(password, safe="") not in caplog.text
