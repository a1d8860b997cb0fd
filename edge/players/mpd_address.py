"""The address of an MPD server, as MPD's own clients take it in MPD_HOST."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from moodpi.addresses import parse_url, split_port
from moodpi.errors import UsageError
from moodpi.redaction import redact_address

DEFAULT_PORT = 6600
# A path, a path in the home folder, an abstract socket.
SOCKET_STARTS = ("/", "~", "@")


@dataclass(frozen=True)
class MpdAddress:
    """Where an MPD server listens. host: a name, an address, a path, or @ and an abstract name."""

    host: str
    port: int
    password: str = field(default="", repr=False)


def parse_mpd_address(text: str) -> MpdAddress:
    """The address of `host`, `host:port`, `::1`, `[::1]:6600`, `/run/mpd/socket` or `~/socket`.

    `password@` may precede each of them. It is taken as it is. In `mpd://:password@host:port`, the
    password may be encoded.

    Raises UsageError.
    """
    if "://" in text:
        url = parse_url(text)
        return MpdAddress(url.host, url.port or DEFAULT_PORT, url.password or url.username)
    password, host = _split_password(text)
    if host.startswith("~"):
        host = str(Path(host).expanduser())
    if host.startswith(SOCKET_STARTS):
        return MpdAddress(host, DEFAULT_PORT, password)
    try:
        name, port = split_port(host)
    except ValueError as error:
        raise UsageError(
            f"player.mpd = {redact_address(text)}: {error}", code="invalid_address"
        ) from None
    return MpdAddress(name, port or DEFAULT_PORT, password)


def _split_password(text: str) -> tuple[str, str]:
    """The password, and the text after it. A path can contain an @, too."""
    if text.startswith(SOCKET_STARTS):
        return "", text
    for start in SOCKET_STARTS:
        password, found, rest = text.partition(f"@{start}")
        if found:
            return password, start + rest
    password, _, host = text.rpartition("@")
    return password, host
