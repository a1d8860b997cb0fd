"""How long a song has sounded, by positions that a server reports."""

from __future__ import annotations

import time

import pytest

from edge.players import sound_meter
from edge.players.music_server import Queue, QueueEntry, ServerPlayback
from edge.players.sound_meter import SoundMeter

ENTRIES = (QueueEntry("1", "a"), QueueEntry("2", "b"))


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of the meter, in its only element."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(sound_meter, "HEARD_SECONDS", 5.0)
    return now


def play(
    meter: SoundMeter,
    seconds: list[float],
    positions: list[float],
    entry: str = "1",
    playback: ServerPlayback = ServerPlayback.PLAYING,
) -> None:
    """Update the meter once a second, with these positions."""
    for position in positions:
        meter.update(Queue(ENTRIES, entry, playback, elapsed=position))
        seconds[0] += 1


def test_a_song_is_heard_after_five_seconds_of_sound(seconds):
    meter = SoundMeter()
    play(meter, seconds, [0, 1, 2, 3, 4])
    assert meter.sounds
    assert not meter.has_heard
    play(meter, seconds, [5])
    assert meter.has_heard


def test_a_position_that_stands_still_is_no_sound(seconds):
    meter = SoundMeter()
    play(meter, seconds, [0] * 60)
    assert (meter.sounds, meter.has_heard, meter.total) == (False, False, 0)


def test_a_jump_and_a_pause_are_no_sound(seconds):
    meter = SoundMeter()
    play(meter, seconds, [0, 60, 61, 10, 11])
    assert not meter.has_heard
    play(meter, seconds, [11, 11, 11], playback=ServerPlayback.PAUSED)
    assert meter.total == 3
    play(meter, seconds, [12, 13])
    assert meter.has_heard


def test_each_song_is_measured_by_itself_and_all_in_total(seconds):
    meter = SoundMeter()
    play(meter, seconds, [0, 1, 2, 3, 4])
    play(meter, seconds, [0, 1, 2, 3, 4], entry="2")
    assert not meter.has_heard
    assert meter.total == 8
