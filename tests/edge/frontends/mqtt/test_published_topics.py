"""The file of the topics that were published."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edge.config.settings import MqttSettings
from edge.frontends.mqtt.broker import broker_of
from edge.frontends.mqtt.published_topics import FILE_NAME, PublishedTopics

BROKER = broker_of(MqttSettings(host="192.0.2.7"))


def published(folder: Path) -> frozenset[str]:
    return PublishedTopics(folder, BROKER).topics


def test_topics_are_remembered_for_each_broker(tmp_path: Path) -> None:
    PublishedTopics(tmp_path, BROKER).remember(["moodpi/attic/mood", "Küche/moodpi"])
    other = broker_of(MqttSettings(host="192.0.2.8"))
    PublishedTopics(tmp_path, other).remember(["moodpi/attic/share"])
    assert published(tmp_path) == {"moodpi/attic/mood", "Küche/moodpi"}
    assert PublishedTopics(tmp_path, other).topics == {"moodpi/attic/share"}


@pytest.mark.parametrize(
    "topics",
    [
        "moodpi/attic/mood",
        7,
        None,
        [7],
        [""],
        ["moodpi/#"],
        ["moodpi/+/mood"],
        ["moodpi/\ud800"],
        ["moodpi/\x00"],
        ["m" * 70_000],
    ],
)
def test_topics_that_cannot_be_published_are_damage(tmp_path: Path, topics: object) -> None:
    name = f"{BROKER.host}:{BROKER.port}"
    (tmp_path / FILE_NAME).write_text(json.dumps({name: topics}))
    assert published(tmp_path) == frozenset()
    assert not (tmp_path / FILE_NAME).exists()


@pytest.mark.parametrize("content", ["", "[]", "7", "{", "[[[[", "\xff"])
def test_any_other_file_is_damage(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content, "latin-1")
    assert published(tmp_path) == frozenset()
    assert not (tmp_path / FILE_NAME).exists()
