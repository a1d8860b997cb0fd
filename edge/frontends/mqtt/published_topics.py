"""The retained topics of this moodpi at a broker, remembered in the state folder.

A broker keeps retained messages for ever. Home Assistant shows the entities that they describe,
also those of an id or a prefix that the configuration no longer has.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from edge.frontends.mqtt.broker import Broker
from edge.frontends.mqtt.discovery import discovery_messages
from edge.frontends.mqtt.states import STATES
from edge.frontends.mqtt.topics import Topics
from edge.system.log_once import LogOnce
from moodpi.errors import MoodpiError
from moodpi.files import read_json_state
from moodpi.private_files import write_private

log = logging.getLogger(__name__)

FILE_NAME = "mqtt.json"
MAX_FILE_BYTES = 2**18
# The largest number of topics that are remembered for a broker. One id has some twenty.
MAX_TOPICS = 500
# MQTT 3.1.1, section 4.7: wildcards are for subscriptions. Surrogates have no UTF-8.
TOPIC = re.compile(r"[^+#\x00-\x1f\x7f\ud800-\udfff]{1,500}")


def retained_topics(topics: Topics, prefix: str) -> frozenset[str]:
    """All topics to which a moodpi publishes. prefix: That of the discovery; empty: none."""
    discovery = discovery_messages(topics, prefix) if prefix else {}
    return frozenset({topics.availability, *map(topics.state, STATES), *discovery})


class PublishedTopics:
    """The topics that were published to one broker and that it may still hold.

    Args:
        folder: The state folder.
        broker: The broker. Topics at other brokers are kept in the file.
    """

    def __init__(self, folder: Path, broker: Broker) -> None:
        self._path = folder / FILE_NAME
        self._name = f"{broker.host}:{broker.port}"
        self._warnings = LogOnce(log)
        self._all = read_json_state(self._path, MAX_FILE_BYTES, _parse) or {}

    @property
    def topics(self) -> frozenset[str]:
        """The remembered topics at this broker."""
        return frozenset(self._all.get(self._name, ()))

    def remember(self, topics: Iterable[str]) -> None:
        """Replace the remembered topics. A file that cannot be written is logged once."""
        names = sorted(topics)[:MAX_TOPICS]
        if names == self._all.get(self._name):
            return
        self._all[self._name] = names
        try:
            write_private({self._path: json.dumps(self._all).encode()})
        except MoodpiError as error:
            self._warnings.warning("MQTT: cannot remember the published topics: %s", error)
        else:
            self._warnings.reset()


def _parse(document: Any) -> dict[str, list[str]]:  # JSON of any kind
    """The topics by broker. Raises ValueError, TypeError or AttributeError for any other content.

    A topic that cannot be published is refused: it would end the thread of the connection.
    """
    for topics in document.values():
        if not isinstance(topics, list) or not all(map(TOPIC.fullmatch, topics)):
            raise ValueError("expected lists of topics")
    return {broker: topics[:MAX_TOPICS] for broker, topics in document.items()}
