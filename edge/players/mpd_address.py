"""The address of an MPD server, as MPD's own clients take it in MPD_HOST."""

from __future__ import annotations

from dataclasses import dataclass, field

from moodpi.addresses import parse_url, split_port
from moodpi.errors import UsageError
from moodpi.paths import expand_home
from moodpi.redaction import redact_address
from moodpi.text import MAX_REFERENCE_LENGTH, quoted

SCHEME = "mpd"
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
        if url.scheme != SCHEME:
            raise _error(text, f"expected a host, or a URL that starts with {SCHEME}://")
        return MpdAddress(url.host, url.port or DEFAULT_PORT, url.password or url.username)
    password, host = _split_password(text)
    if host.startswith("~"):
        host = str(expand_home(host))
    if host.startswith(SOCKET_STARTS):
        return MpdAddress(host, DEFAULT_PORT, password)
    try:
        name, port = split_port(host)
    except ValueError as error:
        raise _error(text, str(error)) from None
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


def _error(text: str, problem: str) -> UsageError:
    shown = quoted(redact_address(text), MAX_REFERENCE_LENGTH)
    return UsageError(f"{shown}: {problem}", code="invalid_address")
