"""paho's client with bounds on what it receives, and a thread that survives every packet."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from edge.config.settings import MqttSettings
from edge.frontends.mqtt.broker import broker_of
from moodpi.errors import MoodpiError

# A command has some hundred bytes. paho would accept 256 MB and hold them in memory.
MAX_PACKET_BYTES = 2**20
# The longest time to connect, in seconds.
CONNECT_TIMEOUT = 10.0
# The delays between attempts to connect, in seconds.
MIN_RETRY_DELAY, MAX_RETRY_DELAY = 1, 30
# Packets that wait until the broker reads them.
MAX_PENDING_PACKETS = 1000
# The first byte of a packet (MQTT 3.1.1, sections 2.2 and 3.3.1): its type, and the bit that
# quality of service 2 sets.
PACKET_TYPE, PUBLISH, QOS_2 = 0xF0, 0x30, 0x04


class BoundedClient(Client):
    """A client that drops the connection to a broker that breaks the rules, and reconnects.

    Args:
        client_id: The name of the client at the broker.
        warn: Receives the reason for which a connection was dropped.
        retry_delay: The delay before a reconnection after an unexpected error, in seconds.
    """

    def __init__(self, client_id: str, warn: Callable[[str], None], retry_delay: float) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, client_id=client_id)
        self._warn = warn
        self._retry_delay = retry_delay
        self._closing = threading.Event()

    def disconnect(self, *arguments: object, **keywords: object) -> MQTTErrorCode:
        """Disconnect and end the thread."""
        self._closing.set()
        return super().disconnect(*arguments, **keywords)  # type: ignore[arg-type]

    def loop_forever(
        self, timeout: float = 1.0, retry_first_connection: bool = False
    ) -> MQTTErrorCode:
        """Work until `disconnect` is called. paho's own loop ends at a malformed packet."""
        while not self._closing.is_set():
            try:
                return super().loop_forever(timeout, retry_first_connection)
            # A damaged packet or an impossible host name raises exceptions of any kind.
            except Exception as error:  # noqa: BLE001
                self._warn(f"{type(error).__name__}: {error}")
                self.connect_async(self.host, self.port, self.keepalive)
                self._closing.wait(self._retry_delay)
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    # paho has no public setting for the size of a packet. It reads the first byte and the length
    # byte by byte, and asks for the rest of the packet at once.
    def _sock_recv(self, bufsize: int) -> bytes:
        if bufsize > MAX_PACKET_BYTES:
            self._warn(f"a packet of {bufsize} bytes, expected at most {MAX_PACKET_BYTES}")
            raise ConnectionError("the packet is too long")
        return super()._sock_recv(bufsize)

    def _packet_handle(self) -> MQTTErrorCode:
        command = self._in_packet["command"]
        # moodpi subscribes with quality of service 1. paho would keep up to 65,535 messages of
        # quality 2 until the broker releases them.
        if command & PACKET_TYPE == PUBLISH and command & QOS_2:
            return self._refuse("a message of quality of service 2, which was not requested")
        # Every message is acknowledged. A broker that does not read lets the answers pile up.
        if len(self._out_packet) > MAX_PENDING_PACKETS:
            return self._refuse("it sends packets and does not read the answers")
        return super()._packet_handle()

    def _refuse(self, reason: str) -> MQTTErrorCode:
        self._warn(reason)
        return MQTTErrorCode.MQTT_ERR_PROTOCOL


def create_client(
    settings: MqttSettings, client_id: str, warn: Callable[[str], None]
) -> BoundedClient:
    """A client with the user name, the password and the encryption of the settings.

    Args:
        settings: The configuration.
        client_id: The name of the client at the broker.
        warn: Receives the reason for which a connection was dropped.

    Raises:
        MoodpiError: The TLS certificates cannot be read (code `invalid_certificates`).
        UsageError: The address of the broker is invalid.
    """
    broker = broker_of(settings)
    client = BoundedClient(client_id, warn, MAX_RETRY_DELAY)
    if broker.username:
        client.username_pw_set(broker.username, broker.password or None)
    if broker.tls:
        try:
            client.tls_set(settings.tls_ca or None)
        except (OSError, ssl.SSLError) as error:
            raise MoodpiError(
                f"mqtt.tls_ca = {settings.tls_ca}: cannot read certificates: {error}",
                code="invalid_certificates",
            ) from error
    client.reconnect_delay_set(MIN_RETRY_DELAY, MAX_RETRY_DELAY)
    client.connect_timeout = CONNECT_TIMEOUT
    return client
