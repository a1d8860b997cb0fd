"""How long a music server's current song has sounded."""

from __future__ import annotations

import time

from edge.players.music_server import Queue, ServerPlayback
from edge.players.player import HEARD_SECONDS


class SoundMeter:
    """Measures sound by the position in the current entry, which is read again and again.

    A server reports that it plays before it has opened the sound card, and mpv plays a whole queue
    in a second without one. The position moves only while something sounds.

    Attributes:
        total: Seconds of sound of all entries so far.
    """

    def __init__(self) -> None:
        self.total = 0.0
        self._entry_id: str | None = None
        self._entry_seconds = 0.0
        self._position = 0.0
        self._time = 0.0

    def update(self, queue: Queue) -> None:
        """Use the position of a queue that was read now."""
        now = time.monotonic()
        if queue.current_id != self._entry_id:
            self._entry_id, self._entry_seconds = queue.current_id, 0.0
        elif queue.playback is ServerPlayback.PLAYING:
            # Another program can move the position.
            sounded = max(0.0, min(queue.elapsed - self._position, now - self._time))
            self._entry_seconds += sounded
            self.total += sounded
        self._position, self._time = queue.elapsed, now

    @property
    def sounds(self) -> bool:
        """Whether the current entry has begun to sound."""
        return self._position > 0

    @property
    def has_heard(self) -> bool:
        """Whether the current entry has sounded for HEARD_SECONDS."""
        return self._entry_seconds >= HEARD_SECONDS
