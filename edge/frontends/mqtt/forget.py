"""Deletes everything that a moodpi has published at a broker."""

from __future__ import annotations

import queue
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge.config.settings import MqttSettings
from edge.frontends.mqtt.broker import broker_of
from edge.frontends.mqtt.client import CONNECT_TIMEOUT, create_client
from edge.frontends.mqtt.topics import CONFIG, ONLINE, Topics, deletion_order
from moodpi.errors import MoodpiError
from moodpi.text import clean_text, quoted

# The broker sends the retained messages after a subscription. They are complete when none has
# arrived for this time, in seconds.
QUIET_SECONDS = 1.0
# The longest time for all of them, in seconds.
MAX_SECONDS = 20.0
# A broker drops what exceeds its queue, of Mosquitto 1,000 messages: they are read again until none
# is left, at most this many times.
MAX_READINGS = 100
MAX_REASON_LENGTH = 200


def forget_topics(settings: MqttSettings, name: str) -> tuple[list[str], bool]:
    """Delete the retained messages of a moodpi: its states and its entities of Home Assistant.

    Args:
        settings: The broker.
        name: The id of the moodpi.

    Returns:
        The topics that were deleted, sorted, and whether that moodpi was online.

    Raises:
        MoodpiError: The broker cannot be reached or refuses the connection (code
            `mqtt_unreachable`).
        UsageError: The address of the broker is invalid.
    """
    topics = Topics(name)
    with _Session(settings, topics) as session:
        retained: dict[str, bytes] = {}
        for _ in range(MAX_READINGS):
            found = session.retained_messages(_filters(topics, settings.discovery), retained)
            if not found:
                break
            session.delete(found)
            retained |= found
    return sorted(retained), retained.get(topics.availability) == ONLINE.encode()


def _filters(topics: Topics, prefix: str) -> list[str]:
    """The subscriptions that match all topics of a moodpi, with any prefix of one level."""
    device = f"+/moodpi-{topics.id}/+/{CONFIG}"
    prefixes = sorted({"+", prefix or "+"})
    return [topics.state("#"), *(f"{prefix}/{device}" for prefix in prefixes)]


class _Session:
    """A connection to the broker while it is entered."""

    def __init__(self, settings: MqttSettings, topics: Topics) -> None:
        self._broker = broker_of(settings)
        self._address = f"{self._broker.host}:{self._broker.port}"
        # Not the id of the running moodpi, whose connection the broker would close.
        self._client = create_client(settings, f"moodpi-{topics.id}-forget", self._fail)
        self._client.on_connect = self._on_connect
        self._client.on_connect_fail = self._on_connect_fail
        self._client.on_message = self._on_message
        # The reason of a failed connection, or empty.
        self._connected: queue.Queue[str] = queue.Queue()
        self._messages: queue.Queue[MQTTMessage] = queue.Queue()

    def __enter__(self) -> _Session:
        self._client.connect_async(self._broker.host, self._broker.port)
        self._client.loop_start()
        try:
            reason = self._connected.get(timeout=CONNECT_TIMEOUT)
        except queue.Empty:
            reason = f"no answer within {CONNECT_TIMEOUT:.0f} s"
        if reason:
            self.__exit__()
            raise MoodpiError(
                f"MQTT: {self._address}: {reason}; check [mqtt] in the configuration",
                code="mqtt_unreachable",
            )
        return self

    def __exit__(self, *_exception: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def retained_messages(
        self, filters: list[str], deleted: Mapping[str, bytes]
    ) -> dict[str, bytes]:
        """The payload of the retained messages that match a filter, by topic.

        Not of topics that were deleted: a moodpi that runs publishes them again.
        """
        self._client.subscribe([(each, 1) for each in filters])
        found: dict[str, bytes] = {}
        deadline = time.monotonic() + MAX_SECONDS
        with suppress(queue.Empty):
            while time.monotonic() < deadline:
                message = self._messages.get(timeout=QUIET_SECONDS)
                if message.retain and message.topic not in deleted:
                    found[message.topic] = bytes(message.payload)
        return found

    def delete(self, topics: dict[str, bytes]) -> None:
        """Delete the retained messages of these topics at the broker."""
        for topic in deletion_order(topics):
            sent = self._client.publish(topic, b"", qos=1, retain=True)
            with suppress(RuntimeError, ValueError):
                sent.wait_for_publish(CONNECT_TIMEOUT)
            if not sent.is_published() or sent.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
                raise MoodpiError(
                    f"MQTT: {self._address}: {quoted(topic)} was not deleted: the connection was "
                    "lost; try again",
                    code="mqtt_unreachable",
                )

    def _on_connect(
        self,
        _client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._connected.put(f"connection refused: {reason}" if reason.is_failure else "")

    def _on_connect_fail(self, _client: Client, _userdata: object) -> None:
        error = sys.exception()
        self._fail(f"cannot connect: {getattr(error, 'strerror', None) or error}")

    def _fail(self, reason: str) -> None:
        self._connected.put(clean_text(reason, MAX_REASON_LENGTH))

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        self._messages.put(message)
