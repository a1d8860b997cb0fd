"""A real daemon with a real Mosquitto broker."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("paho.mqtt")

from edge.config.settings import MqttSettings
from edge.frontends.mqtt.forget import forget_topics
from edge.frontends.mqtt.states import STATES
from tests.edge.frontends.mqtt.mosquitto import (
    PASSWORD,
    USER,
    Mosquitto,
    MqttClient,
    needs_mosquitto,
)
from tests.edge.portrait_camera import FakePerson, portrait_camera
from tests.edge.running_daemon import FAST_MOODS, RunningDaemon
from tests.waiting import wait_for

pytestmark = [pytest.mark.system, needs_mosquitto]

REFUSED = "connection refused: Not authorized"


def at(broker: Mosquitto, name: str, more: str = "") -> str:
    """The configuration of a moodpi that uses that broker."""
    return f'{FAST_MOODS}[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\nid = "{name}"\n{more}'


@pytest.fixture(scope="module")
def sitter(tmp_path_factory: pytest.TempPathFactory, portrait: Path) -> FakePerson:
    return FakePerson(tmp_path_factory.mktemp("sitter"), portrait)


@pytest.fixture(scope="module")
def camera(sitter: FakePerson) -> Iterator[str]:
    with portrait_camera(sitter.picture) as url:
        yield url


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path_factory.mktemp("m"), "allow_anonymous true") as broker:
        yield broker


@pytest.fixture(scope="module")
def daemon(
    tmp_path_factory: pytest.TempPathFactory, camera: str, broker: Mosquitto
) -> Iterator[RunningDaemon]:
    with RunningDaemon(tmp_path_factory.mktemp("r"), camera, at(broker, "kitchen")) as daemon:
        yield daemon


@pytest.fixture
def home(broker: Mosquitto, daemon: RunningDaemon) -> Iterator[MqttClient]:
    """A smart home at the broker of `daemon`."""
    assert daemon.process.poll() is None
    with MqttClient(broker) as home:
        home.until("moodpi/kitchen/availability", "online")
        yield home


def test_a_later_subscriber_gets_every_state(home: MqttClient) -> None:
    assert home.until("moodpi/kitchen/mood", "happy")
    assert home.until("moodpi/kitchen/presence", "ON")
    assert 0 < float(home.until("moodpi/kitchen/valence", lambda text: text != "None")) <= 1
    assert -1 <= float(home.messages["moodpi/kitchen/arousal"]) <= 1
    assert 0.3 <= float(home.messages["moodpi/kitchen/confidence"]) <= 1
    track = json.loads(home.until("moodpi/kitchen/track_details", lambda text: text != "{}"))
    assert home.messages["moodpi/kitchen/track"] == f"{track['artist']} - {track['title']}"


def test_home_assistant_gets_discovery_messages(home: MqttClient) -> None:
    home.until("homeassistant/button/moodpi-kitchen/next/config", bool)
    discovered = {
        t: json.loads(p) for t, p in home.messages.items() if t.startswith("homeassistant/")
    }
    assert {topic.split("/")[3] for topic in discovered} >= {"mood", "presence", "track", "pause"}
    for entity in discovered.values():
        assert entity.get("state_topic", "moodpi/kitchen/mood") in home.messages


def test_a_mood_change_is_published(home: MqttClient, sitter: FakePerson) -> None:
    sitter.frown()
    home.until("moodpi/kitchen/mood", lambda mood: mood not in ("happy", "None"))
    sitter.leave()
    home.until("moodpi/kitchen/presence", "OFF")
    home.until("moodpi/kitchen/mood", "None")
    sitter.smile()
    home.until("moodpi/kitchen/mood", "happy")


def test_commands_are_executed(home: MqttClient, daemon: RunningDaemon) -> None:
    home.publish("moodpi/kitchen/set/pause", "ON")
    home.until("moodpi/kitchen/pause", "ON")
    assert daemon.status()["paused"] is True
    home.publish("moodpi/kitchen/set/pause", "OFF")
    home.until("moodpi/kitchen/pause", "OFF")
    before = home.until("moodpi/kitchen/track_details", lambda text: text != "{}")
    home.publish("moodpi/kitchen/set/next", "PRESS")
    home.until("moodpi/kitchen/track_details", lambda text: text not in (before, "{}"))
    home.publish("moodpi/kitchen/set/strategy", "lift")
    home.until("moodpi/kitchen/strategy", "lift")
    assert daemon.status()["strategy"] == "lift"
    home.publish("moodpi/kitchen/set/strategy", "match")
    home.until("moodpi/kitchen/strategy", "match")


def test_invalid_commands_are_logged_and_the_next_one_is_executed(
    home: MqttClient, daemon: RunningDaemon
) -> None:
    home.publish("moodpi/kitchen/set/dance", "ON")
    home.publish("moodpi/kitchen/set/pause", "\x00perhaps" * 1000)
    home.publish("moodpi/kitchen/set/strategy", "lft")
    home.publish("moodpi/kitchen/set/pause", "ON")
    home.until("moodpi/kitchen/pause", "ON")
    home.publish("moodpi/kitchen/set/pause", "OFF")
    home.until("moodpi/kitchen/pause", "OFF")
    said = daemon.log.read_text()
    assert "MQTT: dance: unknown command 'dance'" in said
    assert "MQTT: pause: '" in said
    assert "MQTT: strategy: unknown strategy 'lft': did you mean 'lift'?" in said


def test_everything_is_published_again_after_a_reconnection(
    home: MqttClient, daemon: RunningDaemon, broker: Mosquitto
) -> None:
    broker.stop()
    wait_for(lambda: "connection lost" in daemon.log.read_text(), "the loss")
    before = daemon.status()["frames"]
    home.messages.clear()
    wait_for(lambda: daemon.status()["frames"] > before, "frames without a broker")
    # Paused without a connection: the next connection must publish it.
    daemon.status("pause")
    broker.start()
    home.until("moodpi/kitchen/availability", "online")
    home.until("moodpi/kitchen/pause", "ON")
    home.until("moodpi/kitchen/mood", "happy")
    home.until("homeassistant/sensor/moodpi-kitchen/mood/config", bool)
    daemon.status("resume")


def test_a_retained_command_is_not_executed(home: MqttClient, daemon: RunningDaemon) -> None:
    daemon.stop()
    home.publish("moodpi/kitchen/set/pause", "ON", retain=True)
    daemon.start()
    home.until("moodpi/kitchen/availability", "online")
    home.publish("moodpi/kitchen/set/strategy", "lift")
    home.until("moodpi/kitchen/strategy", "lift")
    assert daemon.status()["paused"] is False
    home.publish("moodpi/kitchen/set/pause", "", retain=True)


def test_a_stopped_or_killed_daemon_is_offline(home: MqttClient, daemon: RunningDaemon) -> None:
    daemon.stop()
    home.until("moodpi/kitchen/availability", "offline")
    daemon.start()
    home.until("moodpi/kitchen/availability", "online")
    daemon.process.kill()
    daemon.process.wait()
    home.until("moodpi/kitchen/availability", "offline")
    daemon.start()
    home.until("moodpi/kitchen/availability", "online")


def test_two_moodpis_share_a_broker(
    home: MqttClient, daemon: RunningDaemon, camera: str, tmp_path: Path, broker: Mosquitto
) -> None:
    with RunningDaemon(tmp_path / "r", camera, at(broker, "hall")) as hall:
        home.until("moodpi/hall/mood", "happy")
        home.publish("moodpi/hall/set/pause", "ON")
        home.until("moodpi/hall/pause", "ON")
        assert hall.status()["paused"] is True
        assert daemon.status()["paused"] is False
        assert home.messages["moodpi/kitchen/availability"] == "online"
    home.until("moodpi/hall/availability", "offline")


def held_topics(broker: Mosquitto, name: str) -> set[str]:
    """The topics at which the broker holds a message, after that moodpi has ended."""
    with MqttClient(broker) as later:
        later.until(f"moodpi/{name}/availability", "offline")
        return set(later.messages)


def test_topics_of_an_earlier_configuration_are_deleted(tmp_path: Path, camera: str) -> None:
    with (
        Mosquitto(tmp_path, "allow_anonymous true") as broker,
        RunningDaemon(tmp_path / "r", camera, at(broker, "attic")) as daemon,
    ):
        for name, prefix in (("attic", "smart/home"), ("cellar", "smart/home"), ("cellar", "")):
            daemon.stop()
            daemon.configuration.write_text(at(broker, name, f'discovery = "{prefix}"\n'))
            daemon.start()
            with MqttClient(broker) as home:
                home.until(f"moodpi/{name}/mood", "happy")
            daemon.stop()
            held = held_topics(broker, name)
            entities = {topic for topic in held if topic.endswith("/config")}
            assert held - entities == {
                f"moodpi/{name}/{state}" for state in ("availability", *STATES)
            }
            assert {topic.rsplit("/", 4)[0] for topic in entities} == ({prefix} - {""})
            assert all(f"/moodpi-{name}/" in topic for topic in entities)
            daemon.start()


def test_forget_deletes_everything_of_one_moodpi(
    home: MqttClient, camera: str, tmp_path: Path, broker: Mosquitto
) -> None:
    def topics_of(name: str) -> set[str]:
        return {topic for topic, text in home.messages.items() if text and name in topic}

    with RunningDaemon(tmp_path / "r", camera, at(broker, "garage")) as garage:
        home.until("moodpi/garage/mood", "happy")
        garage.stop()
        home.until("moodpi/garage/availability", "offline")
        assert topics_of("garage")
        code, output, errors = garage.run_command("mqtt", "forget")
        assert (code, errors) == (0, "")
        assert "garage" in output
        wait_for(lambda: not topics_of("garage"), "the deletion")
        assert "moodpi/kitchen/mood" in topics_of("kitchen")
        assert garage.run_command("mqtt", "forget", "attic/#")[0] == 2
        broker.stop()
        code, _, errors = garage.run_command("mqtt", "forget")
        assert code == 1
        assert len(errors.splitlines()) == 1
        broker.start()


def test_forget_deletes_more_topics_than_the_broker_sends_at_once(tmp_path: Path) -> None:
    topics = {f"moodpi/attic/{n}" for n in range(30)}
    with (
        Mosquitto(
            tmp_path, "allow_anonymous true", "max_queued_messages 10", "max_inflight_messages 10"
        ) as broker,
        MqttClient(broker) as home,
    ):
        for topic in topics:
            home.publish(topic, "old", retain=True)
        settings = MqttSettings(host="127.0.0.1", port=broker.port)
        assert forget_topics(settings, "attic") == (sorted(topics), False)
        assert forget_topics(settings, "attic") == ([], False)


def certified(folder: Path) -> Path:
    """A certificate for this machine's loopback address, with its key."""
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    made += ["-keyout", "k.pem", "-out", "c.pem", "-subj", "/CN=127.0.0.1"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(made, cwd=folder, check=True, capture_output=True)
    (folder / "k.pem").chmod(0o644)
    return folder / "c.pem"


def set_password(users: Path, password: str) -> None:
    subprocess.run(["mosquitto_passwd", "-b", "-c", users, USER, password], check=True)
    users.chmod(0o644)


def test_tls_and_credentials_work_and_the_password_is_never_shown(
    tmp_path: Path, camera: str
) -> None:
    tmp_path.chmod(0o755)
    trust, users = certified(tmp_path), tmp_path / "users"
    set_password(users, PASSWORD)
    locked = (f"certfile {trust}", f"keyfile {tmp_path / 'k.pem'}", f"password_file {users}")
    more = f'tls = true\ntls_ca = "{trust}"\nusername = "{USER}"\npassword = "{{}}"\n'
    with Mosquitto(tmp_path, *locked, "allow_anonymous false", "user root") as broker:
        right = at(broker, "hall", more.format(PASSWORD))
        with (
            RunningDaemon(tmp_path / "r", camera, right) as daemon,
            MqttClient(broker, trust) as home,
        ):
            home.until("moodpi/hall/mood", "happy")
            _, shown, _ = daemon.run_command("config")
            assert 'password = "***"' in shown
            _, found, wrong = daemon.run_command("doctor")
            daemon.stop()
            daemon.configuration.write_text(at(broker, "hall", more.format("wrong " + PASSWORD)))
            daemon.start()
            wait_for(lambda: REFUSED in daemon.log.read_text(), "the refusal")
            assert PASSWORD not in shown + found + wrong + daemon.log.read_text()


def test_a_changed_password_is_logged_after_the_connection_is_lost(
    tmp_path: Path, camera: str
) -> None:
    tmp_path.chmod(0o755)
    users = tmp_path / "users"
    set_password(users, PASSWORD)
    locked = (f"password_file {users}", "allow_anonymous false", "user root")
    more = f'username = "{USER}"\npassword = "{PASSWORD}"\n'
    with (
        Mosquitto(tmp_path, *locked) as broker,
        RunningDaemon(tmp_path / "r", camera, at(broker, "hall", more)) as daemon,
    ):
        wait_for(lambda: "MQTT: connected" in daemon.log.read_text(), "the connection")
        broker.stop()
        set_password(users, f"no longer {PASSWORD}")
        broker.start()
        wait_for(lambda: REFUSED in daemon.log.read_text(), "the refusal")
        losses = [
            line for line in daemon.log.read_text().splitlines() if "connection lost: " in line
        ]
        assert len(losses) == 1


def test_a_broker_that_starts_later_is_found(tmp_path: Path, camera: str) -> None:
    broker = Mosquitto(tmp_path, "allow_anonymous true")
    with RunningDaemon(tmp_path / "r", camera, at(broker, "hall")) as daemon:
        wait_for(lambda: "cannot connect: Connection refused" in daemon.log.read_text(), "the log")
        assert daemon.status()["mood"]["emotion"] == "happy"
        with broker, MqttClient(broker) as home:
            home.until("moodpi/hall/mood", "happy")
        daemon.stop()
        assert daemon.process.returncode == 0


def test_a_daemon_loads_no_libraries_for_what_it_does_not_use(
    portrait: Path, tmp_path: Path
) -> None:
    code = (
        "import sys; from moodpi.cli.main import main; "
        f"main(['run', '--source', {str(portrait.parent)!r}, '--max-frames', '1']); "
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"HOME": str(tmp_path), "STATE_DIRECTORY": str(tmp_path)},
    )
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert "cv2" in loaded
    assert not {"paho", "python_multipart", "starlette", "uvicorn"} & loaded
    # Network cameras need HTTP and TLS, the message for a wrong name needs difflib.
    assert not {"http", "ssl", "email", "difflib", "statistics", "decimal"} & loaded
    # np.median and np.unique import it.
    assert "numpy.ma" not in done.stderr.split()
