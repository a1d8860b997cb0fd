"""What is done at every turn of the main loop, whether a picture came or one is waited for."""

from __future__ import annotations

from collections.abc import Callable


class Pulse:
    """The loop, and a source that keeps it waiting, `beat`; all who asked are called in turn."""

    def __init__(self) -> None:
        self._calls: list[Callable[[], None]] = []

    def each(self, call: Callable[[], None]) -> None:
        """Call this at every beat from now on."""
        self._calls.append(call)

    def beat(self) -> None:
        """At least every STOP_POLL_INTERVAL while the program is well."""
        for call in self._calls:
            call()
