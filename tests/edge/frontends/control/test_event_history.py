"""The events of the last hour, on a clock that can be set back."""

from __future__ import annotations

import pytest

from edge.events import PresenceEvent
from edge.frontends.control.event_broadcast import EventBroadcast, Subscription
from edge.frontends.control.event_history import HISTORY_SECONDS, MAX_EVENTS


def report_every_20_minutes(broadcast: EventBroadcast, start: float = 0.0) -> None:
    """Report presence for five hours from `start`."""
    for minute in range(0, 300, 20):
        broadcast.report(PresenceEvent(start + 60.0 * minute, present=True))


def history(broadcast: EventBroadcast) -> list[float]:
    """The times of the events that a new listener receives."""
    return [event["time"] for event in broadcast.subscribe(Subscription())]


def test_the_history_has_the_last_hour_and_the_event_that_lasts_into_it() -> None:
    broadcast = EventBroadcast()
    report_every_20_minutes(broadcast)
    assert history(broadcast) == [60.0 * minute for minute in range(220, 300, 20)]


@pytest.mark.parametrize("seconds", [HISTORY_SECONDS, 1e9])
def test_the_history_stays_short_after_the_clock_is_set_back(seconds: float) -> None:
    broadcast = EventBroadcast()
    for second in range(5):
        broadcast.report(PresenceEvent(2e9 + second, present=True))
    report_every_20_minutes(broadcast, start=2e9 - seconds)
    assert len(history(broadcast)) <= 4


def test_the_history_stays_short_while_the_mood_changes_all_the_time() -> None:
    broadcast = EventBroadcast()
    for number in range(2 * MAX_EVENTS):
        broadcast.report(PresenceEvent(number / 10, present=True))
    assert len(history(broadcast)) == MAX_EVENTS
