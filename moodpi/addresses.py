"""Addresses of servers, with a user name and a password in any characters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import quote, unquote

from moodpi.errors import UsageError
from moodpi.redaction import without_password
from moodpi.text import MAX_REFERENCE_LENGTH, quoted

MAX_PORT = 65_535
# The characters that may end the host in a URL (RFC 3986, section 3.2).
END_OF_HOST = re.compile("[/?#]")
PORT = re.compile(r":[0-9]*\Z")
# The characters of a path and a query that need no encoding; % begins an encoded one.
UNENCODED = "/?&=%:;,+$!*'()@~[]|"


@dataclass(frozen=True)
class Url:
    """The parts of a URL.

    scheme: in lower case. username, password: decoded. host: without brackets. port: None if the
    URL has none. target: path and query, encoded, beginning with /.
    """

    scheme: str
    username: str = field(repr=False)
    password: str = field(repr=False)
    host: str
    port: int | None
    target: str = field(repr=False)

    def with_credentials(self) -> str:
        """The whole URL, with encoded user name and password. It must not be printed."""
        user, password = _encoded(self.username), _encoded(self.password)
        colon = ":" if password else ""
        at = "@" if user or password else ""
        return f"{self.scheme}://{user}{colon}{password}{at}{self.netloc}{self.target}"

    @property
    def netloc(self) -> str:
        """Host and port, with brackets around an IPv6 address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


def parse_url(text: str) -> Url:
    """The parts of a URL. User name and password may be written as they are, or encoded with %.

    The last @ ends them: a password can contain @, /, ? and #. After an address in numbers, as in
    http://me:secret@192.0.2.7/a@b, an @ belongs to the path.

    Raises UsageError.
    """
    scheme, _, rest = text.partition("://")
    credentials, rest = _split_credentials(rest)
    username, _, password = credentials.partition(":")
    end = END_OF_HOST.search(rest)
    authority, target = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
    try:
        host, port = split_port(authority)
    except ValueError as error:
        shown = quoted(without_password(text), MAX_REFERENCE_LENGTH)
        raise UsageError(f"{shown}: {error}", code="invalid_address") from None
    target = target.partition("#")[0]
    target = target if target.startswith("/") else f"/{target}"
    return Url(
        scheme.lower(),
        _decoded(username),
        _decoded(password),
        host,
        port,
        quote(target, safe=UNENCODED, errors="surrogateescape"),
    )


def split_port(authority: str) -> tuple[str, int | None]:
    """Host and port of `host`, `host:port`, `::1` or `[::1]:port`. Without a port it is None.

    Raises ValueError with a message that states what was expected.
    """
    host, colon, number = authority.rpartition(":")
    if not colon or _is_ip_address(authority.strip("[]")):
        host, number = authority, ""
    elif not (number.isascii() and number.isdigit() and 0 < int(number[:6]) <= MAX_PORT):
        raise ValueError(f"expected a port from 1 to {MAX_PORT} after the host")
    host = host.removeprefix("[").removesuffix("]")
    if not host or any(character.isspace() for character in host):
        raise ValueError("expected the name or the address of a host")
    return host, int(number) if number else None


def _split_credentials(rest: str) -> tuple[str, str]:
    """The text before the @ that ends the credentials, and the text after it."""
    authority = END_OF_HOST.split(rest, maxsplit=1)[0]
    host = authority.rpartition("@")[2]
    if _is_ip_address(PORT.sub("", host)) or _is_ip_address(host):
        credentials = authority[: -len(host) - 1]
        return credentials, rest[len(authority) - len(host) :]
    before, at, after = rest.rpartition("@")
    is_host_first = END_OF_HOST.search(rest.partition("@")[0]) is not None
    if not at or (":" not in before and is_host_first):
        return "", rest
    return before, after


def _is_ip_address(text: str) -> bool:
    try:
        ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def _decoded(text: str) -> str:
    return unquote(text, errors="surrogateescape")


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="surrogateescape")
