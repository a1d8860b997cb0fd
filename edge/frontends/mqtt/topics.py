"""Which topics one moodpi has at its broker: everything below moodpi/ID."""

from __future__ import annotations

import hashlib
import re
import socket
from dataclasses import dataclass
from pathlib import Path

ONLINE, OFFLINE = "online", "offline"
MACHINE_ID = Path("/etc/machine-id")


@dataclass(frozen=True)
class Topics:
    """identity: this moodpi's own among all that share the broker."""

    identity: str

    @property
    def availability(self) -> str:
        """ONLINE or OFFLINE, retained."""
        return f"moodpi/{self.identity}/availability"

    @property
    def commands(self) -> str:
        """The filter that has every command."""
        return self.command("+")

    def reading(self, name: str) -> str:
        """Of one of edge.frontends.mqtt.readings, retained."""
        return f"moodpi/{self.identity}/{name}"

    def command(self, name: str) -> str:
        """Where one of edge.frontends.mqtt.commands is heard."""
        return f"moodpi/{self.identity}/set/{name}"


def identity_of(configured: str) -> str:
    """The configured identity, or the machine's name and four digits of its own: many a Pi is
    called raspberrypi. What neither a topic nor Home Assistant takes in a name becomes _.
    """
    name = socket.gethostname().partition(".")[0]
    return configured or re.sub(r"[^a-zA-Z0-9_-]", "_", f"{name}-{_digits()}")


def _digits() -> str:
    try:
        machine = MACHINE_ID.read_bytes()
    except OSError:
        machine = b""
    # machine-id(5): it is not to be shown as it is.
    return hashlib.sha256(b"moodpi" + machine).hexdigest()[:4]
