"""What should be heard, and when nothing should be."""

from __future__ import annotations

import time

import numpy as np
import pytest

from edge.config.settings import PlayerSettings
from edge.daemon.playback import CHOICE_PAUSE, PlaybackController
from edge.daemon.quiet_hours import QuietHours
from edge.events import PlayingEvent, TracksEvent
from edge.mood.tracker import Mood
from edge.music.recommendation import RecommendedTrack
from edge.players import PlayerState
from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError
from tests.edge.fake_music import FakeSelector, RecordingPlayer, track


class HandClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = 1000.0

    def moment(self) -> float:
        return self.time

    seconds = moment


class Room:
    """A programme with a player that keeps what it is told."""

    def __init__(self, selection: FakeSelector | None = None, **settings: object) -> None:
        self.clock = HandClock()
        self.events: list[object] = []
        self.player = RecordingPlayer(settings=PlayerSettings(**settings))
        self.programme = PlaybackController(
            selection or FakeSelector(), self.player, self.clock, self.events.append
        )

    def pass_by(self, seconds: float) -> None:
        self.clock.time += seconds
        self.programme.turn()

    def hears(self, choice: RecommendedTrack | None, *, needs_tracks: bool = False) -> None:
        self.player.current_state = PlayerState(choice, needs_tracks)
        self.programme.turn()


def mood(emotion: str | None) -> Mood:
    probabilities = np.full(7, 0.05, np.float32)
    probabilities[EMOTIONS.index(emotion or "neutral")] = 0.7
    return Mood(emotion, 0.7, probabilities, "as the test says")


def at(hour: int, minute: int) -> time.struct_time:
    return time.strptime(f"{hour}:{minute}", "%H:%M")


CHOICE = RecommendedTrack(track("7"), "because")


def test_a_mood_brings_tracks_and_the_same_mood_no_others():
    room = Room()
    room.programme.follow(mood("happy"))
    room.programme.follow(mood(None))
    room.programme.follow(mood("happy"))
    assert room.player.calls == ["play"]
    room.programme.follow(mood("sad"))
    assert room.player.calls == ["play", "play"]


def test_what_is_heard_is_said_once_each_time_it_changes():
    room = Room()
    for choice in (CHOICE, CHOICE, None, None):
        room.hears(choice)
    assert [event.choice for event in room.events] == [CHOICE, None]
    assert all(isinstance(event, PlayingEvent) for event in room.events)


def test_the_music_goes_on_with_other_tracks_when_the_last_one_plays():
    room = Room()
    room.programme.follow(mood("happy"))
    room.hears(CHOICE, needs_tracks=True)
    assert room.player.calls == ["play", "play"]
    assert not set(room.player.played[0]) & set(room.player.played[1])


def test_where_no_tracks_can_be_chosen_it_is_tried_again_only_after_a_while(caplog):
    room = Room(FakeSelector(MoodpiError("a torn page")), pause_after=0.0)
    room.programme.follow(mood("happy"))
    for _ in range(100):
        room.hears(None, needs_tracks=True)
    assert caplog.text.count("no tracks this time: a torn page") == 2
    room.pass_by(CHOICE_PAUSE)
    assert caplog.text.count("no tracks this time: a torn page") == 3


def test_it_is_tried_again_as_soon_as_the_player_has_something_to_play(caplog):
    room = Room(FakeSelector(MoodpiError("not known yet which songs there are")))
    room.programme.follow(mood("happy"))
    room.hears(None)
    room.hears(None, needs_tracks=True)
    assert caplog.text.count("no tracks this time") == 2


def test_nobody_there_pauses_after_a_while_and_somebody_resumes():
    room = Room(pause_after=60.0)
    room.programme.follow(mood("happy"))
    room.hears(CHOICE)
    room.programme.part()
    room.pass_by(59)
    assert room.player.calls == ["play"]
    room.pass_by(1)
    room.pass_by(1000)
    assert room.player.calls == ["play", "pause"]
    assert room.programme.pause_reason == "Nobody in view"
    room.programme.seen()
    room.pass_by(0.1)
    assert room.player.calls == ["play", "pause", "resume"]


def test_whoever_comes_back_to_music_that_goes_on_hears_it_go_on():
    room = Room()
    room.programme.follow(mood("happy"))
    room.hears(CHOICE)
    room.programme.part()
    room.programme.follow(mood("happy"))
    assert room.player.calls == ["play"]
    room.programme.part()
    room.programme.follow(mood("sad"))
    assert room.player.calls == ["play", "play"]


def test_whoever_comes_after_the_music_has_ended_gets_music_of_their_own():
    room = Room()
    room.programme.follow(mood("happy"))
    room.programme.part()
    room.programme.follow(mood("happy"))
    assert room.player.calls == ["play", "play"]


def test_with_no_time_set_music_plays_to_an_empty_room():
    room = Room(pause_after=0.0)
    room.programme.follow(mood("happy"))
    room.pass_by(1e6)
    assert room.player.calls == ["play"]


def test_while_paused_no_tracks_are_chosen_and_the_mood_at_the_end_counts():
    room = Room()
    room.programme.follow(mood("happy"))
    room.programme.pause()
    room.programme.follow(mood("sad"))
    assert room.player.calls == ["play", "pause"]
    room.programme.resume()
    assert room.player.calls == ["play", "pause", "resume", "play", "resume, requested"]
    tracks = [event for event in room.events if isinstance(event, TracksEvent)]
    assert [event.emotion for event in tracks] == ["happy", "sad"]


def test_who_asks_for_music_gets_it_though_nobody_is_seen():
    room = Room(pause_after=60.0)
    room.pass_by(100)
    room.programme.resume()
    assert room.programme.pause_reason == ""
    assert room.player.calls == ["pause", "resume", "resume, requested"]


def test_next_is_other_tracks_at_once_and_needs_a_mood():
    room = Room()
    with pytest.raises(MoodpiError, match="there is no mood yet to choose tracks for"):
        room.programme.next()
    room.programme.follow(mood("happy"))
    room.programme.next()
    assert room.player.calls == ["play", "play, interrupt"]


def test_a_player_that_fails_is_told_of_and_the_programme_goes_on(caplog):
    room = Room()
    room.player.error = MoodpiError("no sound card")
    room.programme.follow(mood("happy"))
    room.programme.follow(mood("sad"))
    assert caplog.text.count("the player failed: no sound card") == 2


def test_trouble_at_the_player_is_logged_once_and_shown(caplog):
    room = Room()
    room.player.current_state = PlayerState(error="MPD does not answer")
    room.pass_by(1)
    room.pass_by(1)
    assert caplog.text.count("the player: MPD does not answer") == 1
    assert room.programme.player_error == "MPD does not answer"


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        ("22:30-07:00", (22, 30), "07:00"),
        ("22:30-07:00", (0, 0), "07:00"),
        ("22:30-07:00", (6, 59), "07:00"),
        ("22:30-07:00", (7, 0), ""),
        ("22:30-07:00", (22, 29), ""),
        ("13:00 - 14:30", (14, 29), "14:30"),
        ("13:00 - 14:30", (12, 59), ""),
        ("9:00-9:00", (9, 0), ""),
        ("", (3, 0), ""),
    ],
)
def test_quiet_hours_begin_and_end_on_the_minute(hours, now, until):
    assert QuietHours.of(hours).until(at(*now)) == until


def test_in_quiet_hours_there_is_no_music_whatever_the_mood(monkeypatch):
    room = Room(quiet_hours="22:30-07:00")
    monkeypatch.setattr(time, "localtime", lambda: at(23, 0))
    room.pass_by(1)
    room.programme.follow(mood("happy"))
    assert room.player.calls == ["pause"]
    assert room.programme.pause_reason == "Quiet until 07:00"
    monkeypatch.setattr(time, "localtime", lambda: at(7, 0))
    room.programme.seen()
    room.pass_by(1)
    assert room.player.calls == ["pause", "resume", "play"]
