"""The address of a broker and the user name and the password for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from edge.config.settings import MqttSettings
from moodpi.addresses import parse_url
from moodpi.errors import UsageError
from moodpi.redaction import without_password
from moodpi.text import MAX_REFERENCE_LENGTH, quoted

# Whether the connection is encrypted, and the usual port.
PLAIN, TLS = "mqtt", "mqtts"
TLS_PORT = 8883


@dataclass(frozen=True)
class Broker:
    """The address of a broker, and the user name and the password for it."""

    host: str
    port: int
    username: str = field(repr=False)
    password: str = field(repr=False)
    tls: bool


def broker_of(settings: MqttSettings) -> Broker:
    """The broker of `mqtt.host`: a host, or a URL such as mqtts://user:password@host:8883.

    User name and password of a URL may be encoded. Settings of their own replace them. Raises
    UsageError.
    """
    has_scheme = "://" in settings.host
    url = parse_url(settings.host if has_scheme else f"{PLAIN}://{settings.host}")
    if url.scheme not in {PLAIN, TLS}:
        raise UsageError(
            f"{quoted(without_password(settings.host), MAX_REFERENCE_LENGTH)}: expected a host, or "
            f"a URL that starts with {PLAIN}:// or {TLS}://",
            code="invalid_address",
        )
    is_tls = url.scheme == TLS
    return Broker(
        url.host,
        url.port or (TLS_PORT if is_tls else settings.port),
        settings.username or url.username,
        settings.password or url.password,
        settings.tls or is_tls,
    )
