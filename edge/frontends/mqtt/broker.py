"""The connection to the broker."""

from __future__ import annotations

import logging
import queue
import ssl
import sys
import threading
from contextlib import suppress
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge.config.settings import MqttSettings
from edge.daemon.status import DaemonStatus
from edge.frontends.control import EventStream
from edge.frontends.mqtt.commands import execute_command
from edge.frontends.mqtt.discovery import discovery
from edge.frontends.mqtt.readings import readings
from edge.frontends.mqtt.topics import OFFLINE, ONLINE, Topics, identity_of
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# In seconds: between signs of life, until a connection must stand, between attempts at one, and
# for the last message to be taken, as the run ends (two seconds in all, the player's farewell too).
KEEPALIVE = 30
CONNECT_WITHIN = 10.0
LEAST_PAUSE, LONGEST_PAUSE = 1, 30
FAREWELL = 0.3
# Commands that may wait for the one that is being done.
MOST_WAITING = 10


class MqttBridge:
    """Publishes how the daemon stands and passes commands on to it, for as long as it is entered.

    All of it happens in threads of its own, and a broker that is away is tried again and again:
    the daemon notices nothing. Raises MoodpiError where the certificates cannot be used.
    """

    def __init__(self, settings: MqttSettings) -> None:
        self._settings = settings
        self._topics = Topics(identity_of(settings.id))
        self._readings: dict[str, str] = {}
        self._lock = threading.Lock()
        # What has been wrong since the last connection, each told once.
        self._troubles: set[str] = set()
        self._commands: queue.Queue[tuple[str, str]] = queue.Queue(MOST_WAITING)
        self._obeying = threading.Thread(target=self._obey, name="mqtt-commands", daemon=True)
        self._following = EventStream(self._take)
        self._client = self._made()

    def __enter__(self) -> MqttBridge:
        self._client.connect_async(self._settings.host, self._settings.port, KEEPALIVE)
        self._client.loop_start()
        self._obeying.start()
        self._following.__enter__()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._following.__exit__()
        self._client.on_disconnect = None
        farewell = self._client.publish(self._topics.availability, OFFLINE, qos=1, retain=True)
        # RuntimeError, ValueError: not connected. The broker has the will then.
        with suppress(RuntimeError, ValueError):
            farewell.wait_for_publish(FAREWELL)
        self._client.disconnect()

    def _made(self) -> Client:
        settings = self._settings
        client = Client(CallbackAPIVersion.VERSION2, client_id=f"moodpi-{self._topics.identity}")
        if settings.username:
            client.username_pw_set(settings.username, settings.password or None)
        if settings.tls:
            try:
                client.tls_set(settings.tls_ca or None)
            except (OSError, ssl.SSLError) as error:
                raise MoodpiError(
                    f"mqtt.tls_ca = {settings.tls_ca}: no certificates to trust: {error}"
                ) from error
        client.will_set(self._topics.availability, OFFLINE, qos=1, retain=True)
        client.reconnect_delay_set(LEAST_PAUSE, LONGEST_PAUSE)
        client.connect_timeout = CONNECT_WITHIN
        client.on_connect = self._connected
        client.on_connect_fail = self._not_connected
        client.on_disconnect = self._disconnected
        client.on_message = self._heard
        return client

    def _connected(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._complain(f"refuses: {reason}")
            return
        self._troubles.clear()
        log.info("MQTT: connected to %s as %s", self._address(), self._topics.identity)
        client.subscribe(self._topics.commands, qos=1)
        prefix = self._settings.discovery
        for topic, payload in (discovery(self._topics, prefix) if prefix else {}).items():
            client.publish(topic, payload, retain=True)
        client.publish(self._topics.availability, ONLINE, qos=1, retain=True)
        with self._lock:
            self._publish(self._readings)

    def _not_connected(self, _client: Client, _userdata: object) -> None:
        error = sys.exception()
        self._complain(f"is not reached: {getattr(error, 'strerror', None) or error}")

    def _disconnected(
        self,
        _client: Client,
        _userdata: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        # Of a connection that never stood the reason has been told.
        if not self._troubles:
            self._complain(f"is lost: {reason}")

    def _complain(self, what: str) -> None:
        """Once, however often it is tried, until there has been a connection."""
        if what not in self._troubles:
            log.warning("MQTT: %s %s; trying again from time to time", self._address(), what)
        self._troubles.add(what)

    def _heard(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        # A retained one would be done again at every reconnection.
        if message.retain:
            return
        name = message.topic.rpartition("/")[2]
        with suppress(queue.Full):
            self._commands.put_nowait((name, message.payload.decode("utf-8", "replace")))

    def _obey(self) -> None:
        while True:
            name, payload = self._commands.get()
            try:
                execute_command(name, payload)
            except MoodpiError as error:
                log.warning("MQTT: %s: %s", name, error)

    def _take(self, said: dict[str, Any]) -> None:
        if said["event"] != "status":
            return
        new = readings(DaemonStatus.from_json(said))
        with self._lock:
            changed = {name: new[name] for name in new if new[name] != self._readings.get(name)}
            self._readings = new
            self._publish(changed)

    def _publish(self, values: dict[str, str]) -> None:
        """Not kept for later while there is no connection: all is sent anew with the next one."""
        for name, value in values.items():
            self._client.publish(self._topics.reading(name), value, retain=True)

    def _address(self) -> str:
        return f"the broker at {self._settings.host}:{self._settings.port}"
