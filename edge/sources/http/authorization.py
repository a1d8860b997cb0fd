"""The answer to a camera that asks for a user name and a password (RFC 7617, RFC 7616)."""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass

# A challenge begins with one of these schemes. Several can follow each other in one header.
SCHEME = re.compile(r"(?:^|,)\s*(basic|digest)(?=\s|,|$)", re.IGNORECASE)
HASHES = {"md5": hashlib.md5, "sha-256": hashlib.sha256}
SESSION = "-sess"
# The bytes of the random value that the client adds.
CLIENT_NONCE_BYTES = 8


@dataclass
class DigestChallenge:
    """A challenge of the digest scheme. count: of the requests that it has authorized."""

    realm: str
    nonce: str
    algorithm: str
    qop: str
    opaque: str | None
    count: int = 0

    @classmethod
    def parse(cls, text: str) -> DigestChallenge | None:
        """The challenge, None if it asks for what is not supported or is damaged."""
        # Only now: most cameras ask for no password, and this module loads many others.
        from urllib.request import parse_http_list, parse_keqv_list

        pairs = [pair for pair in parse_http_list(text) if pair.partition("=")[2]]
        values = {name.lower(): value for name, value in parse_keqv_list(pairs).items()}
        algorithm = values.get("algorithm", "MD5")
        offered = values.get("qop", "")
        qop = "auth" if "auth" in map(str.strip, offered.split(",")) else ""
        if "nonce" not in values or algorithm.lower().removesuffix(SESSION) not in HASHES:
            return None
        if offered and not qop:
            return None
        return cls(values.get("realm", ""), values["nonce"], algorithm, qop, values.get("opaque"))

    def authorize(self, username: str, password: str, method: str, target: str) -> bytes:
        """The value of the header Authorization for one request."""
        self.count += 1
        count, client_nonce = f"{self.count:08x}", secrets.token_hex(CLIENT_NONCE_BYTES)
        first = plain = self._hash(f"{username}:{self.realm}:{password}")
        if self.algorithm.lower().endswith(SESSION):
            first = self._hash(f"{first}:{self.nonce}:{client_nonce}")
        second = self._hash(f"{method}:{target}")
        middle = f"{count}:{client_nonce}:{self.qop}:" if self.qop else ""
        quoted = {
            "username": username,
            "realm": self.realm,
            "nonce": self.nonce,
            "uri": target,
            "response": self._hash(f"{first}:{self.nonce}:{middle}{second}"),
            "cnonce": client_nonce if self.qop or first != plain else None,
            "opaque": self.opaque,
        }
        fields = [f'{name}="{_escaped(text)}"' for name, text in quoted.items() if text is not None]
        fields.append(f"algorithm={self.algorithm}")
        if self.qop:
            fields += [f"qop={self.qop}", f"nc={count}"]
        return b"Digest " + _encoded(", ".join(fields))

    def _hash(self, text: str) -> str:
        hash_function = HASHES[self.algorithm.lower().removesuffix(SESSION)]
        return hash_function(_encoded(text)).hexdigest()


class Authorization:
    """The user name and the password of a camera, sent in the way that the camera asks for."""

    def __init__(self, username: str, password: str) -> None:
        self._username = username
        self._password = password
        self._digest: DigestChallenge | None = None
        self._basic = False

    def accept(self, challenges: Iterable[str]) -> bool:
        """Take the challenges of the headers WWW-Authenticate; whether one of them is supported.

        Digest is preferred: it does not send the password.
        """
        offered = [challenge for header in challenges for challenge in _split(header)]
        digests = [DigestChallenge.parse(rest) for name, rest in offered if name == "digest"]
        self._digest = next(filter(None, digests), None)
        self._basic = any(name == "basic" for name, _ in offered)
        return self._digest is not None or self._basic

    def header(self, method: str, target: str) -> bytes | None:
        """The value of the header Authorization; None before the first challenge."""
        if self._digest is not None:
            return self._digest.authorize(self._username, self._password, method, target)
        if self._basic:
            return b"Basic " + b64encode(_encoded(f"{self._username}:{self._password}"))
        return None


def _split(header: str) -> list[tuple[str, str]]:
    """The challenges of one header: the scheme in lower case, and its parameters."""
    _, *parts = SCHEME.split(header)
    return [(scheme.lower(), rest) for scheme, rest in zip(parts[::2], parts[1::2], strict=True)]


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
