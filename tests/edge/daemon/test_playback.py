"""Which tracks play for a mood, and when playback pauses."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from edge.config.settings import PlayerSettings
from edge.daemon.playback import BAN_CHECK_INTERVAL, RETRY_DELAY, PlaybackController
from edge.daemon.playback_state import PlaybackState, Trigger, next_state
from edge.daemon.quiet_hours import QuietHours
from edge.events import PlayingEvent, TracksEvent
from edge.mood.tracker import Mood
from edge.music.recommendation import RecommendedTrack
from edge.players import PlayerState
from models.emotions import EMOTIONS
from moodpi.errors import MoodpiError
from tests.edge.fake_music import FakeSelector, RecordingPlayer, track
from tests.raising import raises


class HandClock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.time_of_day = at(12, 0)

    def timestamp(self) -> float:
        return self.time

    monotonic = timestamp

    def local_time(self) -> time.struct_time:
        return self.time_of_day


class Playback:
    """A playback controller with a recording player and a settable clock."""

    def __init__(self, selector: FakeSelector | None = None, **settings: Any) -> None:
        self.clock = HandClock()
        self.events: list[Any] = []
        self.player = RecordingPlayer(settings=PlayerSettings(**settings))
        self.controller = PlaybackController(
            selector or FakeSelector(),  # type: ignore[arg-type]  # fakes
            self.player,
            self.clock,  # type: ignore[arg-type]  # fakes
            self.events.append,
        )

    def wait(self, seconds: float) -> None:
        self.clock.time += seconds
        self.controller.tick()

    def player_reports(self, track: RecommendedTrack | None, *, needs_tracks: bool = False) -> None:
        self.player.current_state = PlayerState(track, needs_tracks=needs_tracks)
        self.controller.tick()


def mood(emotion: str | None) -> Mood:
    probabilities = np.full(7, 0.05, np.float32)
    probabilities[EMOTIONS.index(emotion or "neutral")] = 0.7
    return Mood(emotion, 0.9, 0.7, probabilities, "as the test says")


def at(hour: int, minute: int) -> time.struct_time:
    return time.strptime(f"{hour}:{minute}", "%H:%M")


CHOICE = RecommendedTrack(track("7"), "because")


def test_a_mood_brings_tracks_and_the_same_mood_no_others():
    playback = Playback()
    playback.controller.on_mood(mood("happy"))
    playback.controller.on_mood(mood(None))
    playback.controller.on_mood(mood("happy"))
    assert playback.player.calls == ["play"]
    playback.controller.on_mood(mood("sad"))
    assert playback.player.calls == ["play", "play"]


def test_other_tracks_are_selected_for_the_present_numbers():
    playback = Playback()
    playback.controller.on_mood(mood("happy"))
    calmer = Mood("happy", 0.8, 0.2, np.full(7, 1 / 7, np.float32), "the same mood")
    playback.controller.follow_mood(calmer)
    playback.controller.next()
    first, second = playback.events
    assert (first.confidence, second.confidence) == (0.7, 0.2)
    assert second.recommendation.valence != first.recommendation.valence


def test_each_change_of_the_playing_track_is_reported_once():
    playback = Playback()
    for choice in (CHOICE, CHOICE, None, None):
        playback.player_reports(choice)
    assert [event.track for event in playback.events] == [CHOICE, None]
    assert all(isinstance(event, PlayingEvent) for event in playback.events)


def test_other_tracks_follow_when_the_last_one_plays():
    playback = Playback()
    playback.controller.on_mood(mood("happy"))
    playback.player_reports(CHOICE, needs_tracks=True)
    assert playback.player.calls == ["play", "play"]
    assert not set(playback.player.played[0]) & set(playback.player.played[1])


def test_a_failed_selection_is_retried_after_the_delay(caplog):
    selector = FakeSelector(MoodpiError("a torn page"))
    playback = Playback(selector, pause_after=0.0)
    playback.controller.on_mood(mood("happy"))
    for _ in range(100):
        playback.player_reports(None, needs_tracks=True)
    assert selector.attempts == 2
    playback.wait(RETRY_DELAY)
    assert selector.attempts == 3
    assert caplog.text.count("no tracks selected: a torn page") == 1


def test_a_reason_is_logged_again_after_a_selection(caplog):
    selector = FakeSelector(MoodpiError("a torn page"))
    playback = Playback(selector)
    error = selector.error
    for selector.error in (error, None, error):
        playback.controller.on_mood(mood("happy"))
        playback.controller.person_left()
    assert caplog.text.count("no tracks selected: a torn page") == 2


def test_a_failed_selection_is_retried_as_soon_as_the_player_needs_tracks():
    selector = FakeSelector(MoodpiError("not known yet which songs there are"))
    playback = Playback(selector)
    playback.controller.on_mood(mood("happy"))
    playback.player_reports(None)
    playback.player_reports(None, needs_tracks=True)
    assert selector.attempts == 2


def test_an_empty_view_pauses_after_a_while_and_a_person_resumes():
    playback = Playback(pause_after=60.0)
    playback.controller.on_mood(mood("happy"))
    playback.player_reports(CHOICE)
    playback.controller.person_left()
    playback.wait(59)
    assert playback.player.calls == ["play"]
    playback.wait(1)
    playback.wait(1000)
    assert playback.player.calls == ["play", "pause"]
    assert playback.controller.pause_reason == "Nobody in view"
    playback.controller.person_seen()
    playback.wait(0.1)
    assert playback.player.calls == ["play", "pause", "resume"]


def test_music_that_still_plays_continues_for_a_returning_person():
    playback = Playback()
    playback.controller.on_mood(mood("happy"))
    playback.player_reports(CHOICE)
    playback.controller.person_left()
    playback.controller.on_mood(mood("happy"))
    assert playback.player.calls == ["play"]
    playback.controller.person_left()
    playback.controller.on_mood(mood("sad"))
    assert playback.player.calls == ["play", "play"]


def test_a_person_who_comes_after_the_music_has_ended_gets_new_tracks():
    playback = Playback()
    playback.controller.on_mood(mood("happy"))
    playback.controller.person_left()
    playback.controller.on_mood(mood("happy"))
    assert playback.player.calls == ["play", "play"]


def test_without_pause_after_music_plays_to_an_empty_room():
    playback = Playback(pause_after=0.0)
    playback.controller.on_mood(mood("happy"))
    playback.wait(1e6)
    assert playback.player.calls == ["play"]


def test_no_tracks_are_selected_while_paused_and_resume_uses_the_current_mood():
    playback = Playback()
    playback.controller.on_mood(mood("happy"))
    playback.controller.pause()
    playback.controller.on_mood(mood("sad"))
    assert playback.player.calls == ["play", "pause"]
    playback.controller.resume()
    assert playback.player.calls == ["play", "pause", "resume", "play", "resume, requested"]
    tracks = [event for event in playback.events if isinstance(event, TracksEvent)]
    assert [event.recommendation.emotion for event in tracks] == ["happy", "sad"]


def test_resume_plays_even_if_nobody_is_in_view():
    playback = Playback(pause_after=60.0)
    playback.wait(100)
    playback.controller.resume()
    assert playback.controller.pause_reason == ""
    assert playback.player.calls == ["pause", "resume", "resume, requested"]


def test_next_interrupts_with_other_tracks_and_needs_a_mood():
    playback = Playback()
    with raises("no_mood"):
        playback.controller.next()
    playback.controller.on_mood(mood("happy"))
    playback.controller.next()
    assert playback.player.calls == ["play", "play, interrupt"]


def test_only_what_was_heard_enters_the_history_and_only_once():
    selector = FakeSelector()
    playback = Playback(selector)
    playback.controller.on_mood(mood("happy"))
    playback.player_reports(CHOICE)
    assert selector.heard == []
    other = RecommendedTrack(track("8"), "because")
    for heard in ((CHOICE,), (CHOICE, other), (), (CHOICE, other), (other, CHOICE)):
        playback.player.current_state = PlayerState(CHOICE, heard)
        playback.controller.tick()
    assert selector.heard == [("7", "happy"), ("8", "happy")]


def test_a_track_that_was_banned_elsewhere_leaves_the_list_and_the_player():
    selector = FakeSelector()
    playback = Playback(selector)
    playback.controller.on_mood(mood("happy"))
    first, *others = playback.player.played[0]
    selector.banned = {first}
    for _ in range(3):
        playback.wait(BAN_CHECK_INTERVAL)
    assert playback.player.calls == ["play", "remove"]
    lists = [event for event in playback.events if isinstance(event, TracksEvent)]
    shown = [track.track.id for track in lists[-1].recommendation.tracks]
    assert shown == selector.listed == others
    assert (len(lists), lists[-1].recommendation.emotion) == (2, "happy")


def test_next_is_refused_while_paused():
    playback = Playback()
    playback.controller.on_mood(mood("happy"))
    playback.controller.pause()
    with raises("music_paused"):
        playback.controller.next()
    playback.controller.resume()
    playback.controller.next()
    assert playback.player.calls[-1] == "play, interrupt"


def test_a_player_error_is_logged_and_playback_continues(caplog):
    playback = Playback()
    playback.player.error = MoodpiError("no sound card")
    playback.controller.on_mood(mood("happy"))
    playback.controller.on_mood(mood("sad"))
    assert caplog.text.count("the player failed: no sound card") == 2


def test_a_player_error_is_logged_once_and_shown(caplog):
    playback = Playback()
    playback.player.current_state = PlayerState(error="MPD does not answer")
    playback.wait(1)
    playback.wait(1)
    assert caplog.text.count("player: MPD does not answer") == 1
    assert playback.controller.player_error == "MPD does not answer"


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
    quiet = QuietHours.parse(hours)
    assert quiet.include(at(*now)) is bool(until)
    assert quiet.end_time == until or not until


def test_no_music_plays_in_quiet_hours():
    playback = Playback(quiet_hours="22:30-07:00")
    playback.clock.time_of_day = at(23, 0)
    playback.wait(1)
    playback.controller.on_mood(mood("happy"))
    assert playback.player.calls == ["pause"]
    assert playback.controller.pause_reason == "Quiet until 07:00"
    playback.clock.time_of_day = at(7, 0)
    playback.controller.person_seen()
    playback.wait(1)
    assert playback.player.calls == ["pause", "resume", "play"]


def test_a_requested_pause_outlasts_quiet_hours_and_an_empty_view():
    playback = Playback(quiet_hours="22:30-07:00", pause_after=60.0)
    playback.controller.pause()
    playback.clock.time_of_day = at(23, 0)
    playback.wait(100)
    playback.clock.time_of_day = at(7, 0)
    playback.controller.person_seen()
    playback.wait(1)
    assert playback.controller.state is PlaybackState.PAUSED
    assert playback.player.calls == ["pause"]


def test_quiet_hours_that_end_in_an_empty_view_do_not_resume_the_music():
    playback = Playback(quiet_hours="22:30-07:00", pause_after=60.0)
    playback.clock.time_of_day = at(23, 0)
    playback.wait(100)
    playback.clock.time_of_day = at(7, 0)
    playback.wait(1)
    assert playback.controller.state is PlaybackState.NOBODY_IN_VIEW
    assert playback.player.calls == ["pause"]


@pytest.mark.parametrize(
    ("state", "triggers", "expected"),
    [
        ("PLAYING", ["PAUSE"], "PAUSED"),
        ("PLAYING", ["QUIET_HOURS_ON", "VIEW_EMPTY"], "QUIET_HOURS"),
        ("PLAYING", ["QUIET_HOURS_OFF", "VIEW_EMPTY"], "NOBODY_IN_VIEW"),
        ("PLAYING", ["QUIET_HOURS_OFF", "PERSON_IN_VIEW"], "PLAYING"),
        ("PAUSED", ["QUIET_HOURS_ON", "VIEW_EMPTY"], "PAUSED"),
        ("PAUSED", ["RESUME", "QUIET_HOURS_ON", "VIEW_EMPTY"], "QUIET_HOURS"),
        ("PAUSED", ["RESUME", "QUIET_HOURS_OFF", "PERSON_IN_VIEW"], "PLAYING"),
        ("QUIET_HOURS", ["PAUSE"], "PAUSED"),
        ("QUIET_HOURS", ["RESUME", "QUIET_HOURS_ON", "PERSON_IN_VIEW"], "QUIET_HOURS"),
        ("QUIET_HOURS", ["QUIET_HOURS_OFF", "VIEW_EMPTY"], "NOBODY_IN_VIEW"),
        ("NOBODY_IN_VIEW", ["PAUSE"], "PAUSED"),
        ("NOBODY_IN_VIEW", ["QUIET_HOURS_ON", "VIEW_EMPTY"], "QUIET_HOURS"),
        ("NOBODY_IN_VIEW", ["QUIET_HOURS_OFF", "PERSON_IN_VIEW"], "PLAYING"),
    ],
)
def test_transitions(state, triggers, expected):
    reached = next_state(PlaybackState[state], *(Trigger[name] for name in triggers))
    assert reached is PlaybackState[expected]
