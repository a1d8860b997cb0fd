"""Connects the daemon with an MQTT broker."""

from __future__ import annotations

import logging
import queue
import sys
import threading
import time
from contextlib import suppress
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge.config.settings import MqttSettings
from edge.daemon.status import DaemonStatus
from edge.frontends.control import EventStream
from edge.frontends.mqtt.broker import broker_of
from edge.frontends.mqtt.client import create_client
from edge.frontends.mqtt.commands import execute_command
from edge.frontends.mqtt.discovery import discovery_messages
from edge.frontends.mqtt.published_topics import PublishedTopics, retained_topics
from edge.frontends.mqtt.states import state_values
from edge.frontends.mqtt.topics import OFFLINE, ONLINE, Topics, deletion_order, moodpi_id
from edge.system.log_once import LogOnce
from moodpi.errors import MoodpiError
from moodpi.paths import state_folder
from moodpi.text import clean_text, quoted

log = logging.getLogger(__name__)

# The longest time between two packets to the broker, in seconds.
KEEPALIVE_INTERVAL = 30
# The longest wait for the last message at the end of a run, in seconds. The service has two
# seconds to stop, and the player needs most of it.
SHUTDOWN_TIMEOUT = 0.3
# Further commands are dropped.
MAX_PENDING_COMMANDS = 10
# The longest payload of a command, in bytes. The longest argument is the name of a strategy.
MAX_PAYLOAD_BYTES = 200
# Characters of the name of a command, and of a broker's text in a message.
MAX_NAME_LENGTH, MAX_REASON_LENGTH = 50, 200
# A connection that lasts longer is not dropped again at once, in seconds.
STABLE_SECONDS = 30.0


class MqttBridge:
    """Publishes the daemon's status and executes commands while it is entered.

    It works in threads of its own and reconnects by itself, so a broker that is away does not
    affect the daemon. Raises MoodpiError if the TLS certificates or the address cannot be used.
    """

    def __init__(self, settings: MqttSettings) -> None:
        self._settings = settings
        self._broker = broker_of(settings)
        self._topics = Topics(moodpi_id(settings.id))
        self._address = f"{self._broker.host}:{self._broker.port}"
        self._published = PublishedTopics(state_folder(), self._broker)
        # The packets that clear topics of an earlier configuration, until the broker has them.
        self._clearing: set[int] = set()
        self._states: dict[str, str] = {}
        self._lock = threading.Lock()
        # Reset by a connection that lasts. A broker that accepts and drops connections is logged
        # once.
        self._connection_warnings, self._command_warnings = LogOnce(log), LogOnce(log)
        self._connected_at = 0.0
        self._is_announced = False
        self._commands: queue.Queue[tuple[str, str] | None] = queue.Queue(MAX_PENDING_COMMANDS)
        self._command_thread = threading.Thread(
            target=self._execute_commands, name="mqtt-commands", daemon=True
        )
        self._event_stream = EventStream(self._on_event)
        self._client = self._create_client()

    def __enter__(self) -> MqttBridge:
        broker = self._broker
        self._client.connect_async(broker.host, broker.port, KEEPALIVE_INTERVAL)
        self._client.loop_start()
        self._command_thread.start()
        self._event_stream.__enter__()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._event_stream.__exit__()
        self._client.on_disconnect = None
        offline = self._client.publish(self._topics.availability, OFFLINE, qos=1, retain=True)
        # RuntimeError, ValueError: not connected, so the broker has published the will.
        with suppress(RuntimeError, ValueError):
            offline.wait_for_publish(SHUTDOWN_TIMEOUT)
        self._client.disconnect()
        with suppress(queue.Full):
            self._commands.put_nowait(None)

    def _create_client(self) -> Client:
        client = create_client(self._settings, f"moodpi-{self._topics.id}", self._warn)
        client.will_set(self._topics.availability, OFFLINE, qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        return client

    def _on_connect(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._warn(f"connection refused: {reason}")
            return
        self._connected_at = time.monotonic()
        if not self._is_announced:
            log.info("MQTT: connected to %s as %s", self._address, self._topics.id)
        self._is_announced = True
        client.subscribe(self._topics.all_commands, qos=1)
        prefix = self._settings.discovery
        for topic, payload in (discovery_messages(self._topics, prefix) if prefix else {}).items():
            client.publish(topic, payload, retain=True)
        client.publish(self._topics.availability, ONLINE, qos=1, retain=True)
        self._clear_obsolete_topics()
        with self._lock:
            self._publish(self._states)

    def _clear_obsolete_topics(self) -> None:
        """Delete what an earlier configuration published: another id or discovery prefix."""
        current = retained_topics(self._topics, self._settings.discovery)
        obsolete = self._published.topics - current
        self._published.remember(current | obsolete)
        self._clearing = {
            self._client.publish(topic, b"", qos=1, retain=True).mid
            for topic in deletion_order(obsolete)
        }

    def _on_publish(self, _client: Client, _userdata: object, mid: int, *_details: object) -> None:
        if mid in self._clearing:
            self._clearing.remove(mid)
            if not self._clearing:
                current = retained_topics(self._topics, self._settings.discovery)
                self._published.remember(current)

    def _on_connect_fail(self, _client: Client, _userdata: object) -> None:
        error = sys.exception()
        self._warn(f"cannot connect: {getattr(error, 'strerror', None) or error}")

    def _on_disconnect(
        self,
        _client: Client,
        _userdata: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if self._connected_at and time.monotonic() - self._connected_at > STABLE_SECONDS:
            self._connection_warnings.reset()
            self._command_warnings.reset()
            self._is_announced = False
        self._connected_at = 0.0
        # A refused connection also ends here, after its reason was logged.
        if not self._connection_warnings.logged:
            self._warn(f"connection lost: {reason}")

    def _warn(self, problem: str) -> None:
        reason = clean_text(problem, MAX_REASON_LENGTH)
        self._connection_warnings.warning("MQTT: %s: %s; retrying", self._address, reason)

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        # A retained command would be executed again at every reconnection.
        if message.retain:
            return
        name = self._command_name(message)
        if len(message.payload) > MAX_PAYLOAD_BYTES:
            shown = quoted(message.payload[:MAX_PAYLOAD_BYTES].decode("utf-8", "replace"))
            self._refuse(name, f"{shown}: expected at most {MAX_PAYLOAD_BYTES} bytes")
        elif name:
            with suppress(queue.Full):
                self._commands.put_nowait((name, message.payload.decode("utf-8", "replace")))

    def _command_name(self, message: MQTTMessage) -> str:
        """The name of the command at the end of the topic. Empty for any other topic."""
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return ""
        commands = self._topics.command("")
        name = topic.removeprefix(commands) if topic.startswith(commands) else ""
        return clean_text(name, MAX_NAME_LENGTH)

    def _refuse(self, name: str, reason: object) -> None:
        self._command_warnings.warning("MQTT: %s: %s", name, reason)

    def _execute_commands(self) -> None:
        while (command := self._commands.get()) is not None:
            name, payload = command
            try:
                execute_command(name, payload)
            except MoodpiError as error:
                self._refuse(name, error)

    def _on_event(self, event: dict[str, Any]) -> None:
        if event["event"] != "status":
            return
        states = state_values(DaemonStatus.from_json(event))
        with self._lock:
            changed = {n: value for n, value in states.items() if value != self._states.get(n)}
            self._states = states
            self._publish(changed)

    def _publish(self, states: dict[str, str]) -> None:
        """Publish these states. Without a connection they are dropped: the next one sends all."""
        for name, value in states.items():
            self._client.publish(self._topics.state(name), value, retain=True)
