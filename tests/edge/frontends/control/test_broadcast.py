"""What a listener is told of the last hour, whatever the clock does."""

from __future__ import annotations

import queue

import pytest

from edge.events import PresenceEvent
from edge.frontends.control.broadcast import COURSE, Broadcast


def course(broadcast: Broadcast) -> list[float]:
    """The times of the course that whoever comes now is told."""
    return [said["time"] for said in broadcast.join(queue.SimpleQueue())]


def test_the_course_is_the_last_hours_and_what_goes_on_into_it() -> None:
    broadcast = Broadcast()
    for minute in range(0, 300, 20):
        broadcast.report(PresenceEvent(60.0 * minute, present=True))
    assert course(broadcast) == [60.0 * minute for minute in range(220, 300, 20)]


@pytest.mark.parametrize("back", [COURSE, 1e9])
def test_a_clock_that_is_set_back_leaves_no_course_that_grows(back: float) -> None:
    broadcast = Broadcast()
    for second in range(5):
        broadcast.report(PresenceEvent(2e9 + second, present=True))
    for minute in range(0, 300, 20):
        broadcast.report(PresenceEvent(2e9 - back + 60.0 * minute, present=True))
    assert len(course(broadcast)) <= 4
