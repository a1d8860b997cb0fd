"""The topics of one moodpi, all below moodpi/ID."""

from __future__ import annotations

import hashlib
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# The last level of the discovery's topics.
CONFIG = "config"
ONLINE, OFFLINE = "online", "offline"
MACHINE_ID = Path("/etc/machine-id")
REFUSED_CHARACTER = re.compile(r"[^a-zA-Z0-9_-]")


@dataclass(frozen=True)
class Topics:
    """The topics of the moodpi with this id, which is unique at its broker."""

    id: str

    @property
    def availability(self) -> str:
        """ONLINE or OFFLINE, retained."""
        return f"moodpi/{self.id}/availability"

    @property
    def all_commands(self) -> str:
        """The filter that matches every command."""
        return self.command("+")

    def state(self, name: str) -> str:
        """The topic of one value of edge.frontends.mqtt.states, retained."""
        return f"moodpi/{self.id}/{name}"

    def command(self, name: str) -> str:
        """The topic of one command of edge.frontends.mqtt.commands."""
        return f"moodpi/{self.id}/set/{name}"


def deletion_order(topics: Iterable[str]) -> list[str]:
    """The topics with those of the discovery first: Home Assistant reads no state of a deleted
    entity.
    """
    return sorted(topics, key=lambda topic: (not topic.endswith(f"/{CONFIG}"), topic))


def moodpi_id(configured: str) -> str:
    """The configured id, or else the host name and four digits that are unique to this machine.

    Many Pis have the host name raspberrypi. Characters that a topic or Home Assistant refuses
    become _.
    """
    host = socket.gethostname().partition(".")[0]
    return configured or REFUSED_CHARACTER.sub("_", f"{host}-{_machine_digits()}")


def _machine_digits() -> str:
    try:
        machine_id = MACHINE_ID.read_bytes()
    except OSError:
        machine_id = b""
    # machine-id(5): the id itself must not be published.
    return hashlib.sha256(b"moodpi" + machine_id).hexdigest()[:4]
