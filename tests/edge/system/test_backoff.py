"""The delay between attempts."""

from __future__ import annotations

from edge.system.backoff import Backoff


def test_doubles_up_to_the_maximum() -> None:
    backoff = Backoff(1.0, 6.0)
    assert [backoff.next_delay() for _ in range(5)] == [1.0, 2.0, 4.0, 6.0, 6.0]


def test_a_reset_starts_again_at_the_first_delay() -> None:
    backoff = Backoff(0.5, 30.0)
    backoff.next_delay()
    backoff.next_delay()
    backoff.reset()
    assert backoff.next_delay() == 0.5
