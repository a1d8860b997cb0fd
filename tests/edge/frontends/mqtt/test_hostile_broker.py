"""An MQTT broker, or another client of it, that sends too much or nonsense."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

pytest.importorskip("paho.mqtt", reason="needs moodpi[mqtt]")

from edge.config.settings import MqttSettings
from edge.frontends.mqtt import bridge, client
from edge.frontends.mqtt.bridge import MAX_PAYLOAD_BYTES, MqttBridge
from edge.frontends.mqtt.client import BoundedClient
from moodpi.text import CONTROL
from tests.edge.frontends.mqtt.hostile_broker import (
    ATTACKS,
    COMMANDS,
    CONNACK,
    GREETINGS,
    HostileBroker,
    hostile_broker,
    message,
    once,
    unread,
)
from tests.edge.peak_memory import MAX_PEER_MEMORY, run_measured
from tests.waiting import wait_for

# Connects to all brokers at once, and waits until each one has attacked and sent its last command.
CLIENT = """
import time
from edge.config.settings import MqttSettings
from edge.frontends.mqtt import bridge, client
client.MIN_RETRY_DELAY = client.MAX_RETRY_DELAY = 0.5
executed = set()
bridge.execute_command = lambda name, payload: executed.add(payload)
bridges = [
    bridge.MqttBridge(MqttSettings(host="127.0.0.1", port=port, id="kitchen")) for port in PORTS
]
for entered in bridges:
    entered.__enter__()
deadline = time.monotonic() + 60
while not executed.issuperset(map(str, PORTS)) and time.monotonic() < deadline:
    time.sleep(0.1)
print("missing", set(map(str, PORTS)) - executed)
"""


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bridges remember their topics in a folder of the test."""
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))


@contextmanager
def bridge_to(broker: HostileBroker, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A bridge to that broker. Yields the payloads of the commands that it executes."""
    executed: list[str] = []
    monkeypatch.setattr(client, "MIN_RETRY_DELAY", 0.05)
    monkeypatch.setattr(client, "MAX_RETRY_DELAY", 0.05)
    monkeypatch.setattr(bridge, "execute_command", lambda _name, payload: executed.append(payload))
    with MqttBridge(MqttSettings(host="127.0.0.1", port=broker.port, id="kitchen")):
        yield executed


def wait_for_last_command(broker: HostileBroker, executed: list[str]) -> None:
    wait_for(lambda: broker.last_command.decode() in executed, "the command after the attack")


@pytest.mark.parametrize("name", [*GREETINGS, *ATTACKS])
def test_commands_work_after_every_attack(
    name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        hostile_broker(greeting=GREETINGS.get(name), attack=ATTACKS.get(name)) as broker,
        bridge_to(broker, monkeypatch) as executed,
    ):
        wait_for_last_command(broker, executed)
    assert "ON" not in executed
    messages = [record.getMessage() for record in caplog.records if record.name.startswith("edge")]
    assert len(messages) <= 4
    assert all(CONTROL.search(message) is None for message in messages)


def test_memory_is_bounded_with_all_of_them_at_once(tmp_path: Path) -> None:
    with ExitStack() as stack:
        brokers = [
            *(stack.enter_context(hostile_broker(greeting=g)) for g in GREETINGS.values()),
            *(stack.enter_context(hostile_broker(attack=a)) for a in ATTACKS.values()),
        ]
        ports = [broker.port for broker in brokers]
        output, peak = run_measured(f"PORTS = {ports}\n{CLIENT}", tmp_path, timeout=120)
    assert "missing set()" in output
    assert peak < MAX_PEER_MEMORY


def test_a_long_payload_is_refused_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    flood = message(COMMANDS + "strategy", b"m" * (MAX_PAYLOAD_BYTES + 1)) * 100
    with (
        hostile_broker(attack=once(flood)) as broker,
        bridge_to(broker, monkeypatch) as executed,
    ):
        wait_for_last_command(broker, executed)
    refused = [record.getMessage() for record in caplog.records if "at most" in record.getMessage()]
    assert len(refused) == 1
    assert set(executed) == {broker.last_command.decode()}


def test_a_broker_that_does_not_read_is_dropped(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def use_small_buffer(_client: object, _userdata: object, connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)

    monkeypatch.setattr(BoundedClient, "on_socket_open", property(lambda _self: use_small_buffer))
    with (
        hostile_broker(attack=unread) as broker,
        bridge_to(broker, monkeypatch) as executed,
    ):
        wait_for_last_command(broker, executed)
    assert "does not read the answers" in caplog.text


def test_a_host_name_that_cannot_exist_does_not_end_the_thread(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(client, "MAX_RETRY_DELAY", 0.05)
    with MqttBridge(MqttSettings(host="ü" * 60 + ".local", id="kitchen")) as entered:
        wait_for(lambda: "UnicodeError" in caplog.text, "the warning")
        thread = entered._client._thread
        assert thread is not None
        assert thread.is_alive()


def test_the_thread_of_commands_ends_with_the_bridge() -> None:
    with MqttBridge(MqttSettings(host="127.0.0.1", port=1, id="kitchen")) as entered:
        thread = entered._command_thread
        assert thread.is_alive()
    wait_for(lambda: not thread.is_alive(), "the end of the thread")


def conversation(changes: random.Random) -> bytes:
    """Packets of a real broker, with random bytes changed, removed, repeated or inserted."""
    packets = [
        message(COMMANDS + "next", b"", 1),
        message(COMMANDS + "strategy", b"lift"),
        b"\x40\x02\0\x01",
        b"\xd0\0",
        b"\x90\x03\0\x01\x01",
        CONNACK,
    ]
    content = bytearray(b"".join(changes.choices(packets, k=4)))
    for _ in range(changes.randint(1, 4)):
        place = changes.randrange(len(content) + 1)
        end = min(len(content), place + changes.randint(0, 3))
        content[place:end] = changes.choice([changes.randbytes(2), content[place:end] * 3, b""])
    return bytes(content)


def fuzz(monkeypatch: pytest.MonkeyPatch, seeds: range) -> None:
    """Send each mutated conversation in a connection of its own. The last one is served."""
    remaining = iter(seeds)

    def attack(connection: socket.socket) -> None:
        connection.sendall(conversation(random.Random(next(remaining))))
        connection.shutdown(socket.SHUT_WR)
        raise ConnectionError

    with hostile_broker(attack=attack) as broker:
        broker.attacked_connections = len(seeds)
        with bridge_to(broker, monkeypatch) as executed:
            wait_for(
                lambda: broker.last_command.decode() in executed,
                "the command after the attacks",
                seconds=60 + len(seeds),
            )


def test_no_mutated_packet_ends_the_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    fuzz(monkeypatch, range(50))


@pytest.mark.long
def test_no_mutated_packet_of_thousands_ends_the_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    fuzz(monkeypatch, range(50, 3000))
