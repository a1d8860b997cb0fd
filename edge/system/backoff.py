"""Exponential backoff between attempts."""

from __future__ import annotations


class Backoff:
    """The delay before the next attempt, in seconds.

    It is `first` after the first failure and doubles with every further one, up to `maximum`.
    """

    def __init__(self, first: float, maximum: float) -> None:
        self._first = first
        self._maximum = maximum
        self._delay = first

    def next_delay(self) -> float:
        """The delay before the next attempt; the one after that is twice as long."""
        delay = self._delay
        self._delay = min(2 * delay, self._maximum)
        return delay

    def reset(self) -> None:
        """Start again at `first`, after a success."""
        self._delay = self._first
