"""The loop: camera to face to emotion to mood to tracks to player."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from edge.events import MoodEvent, PresenceEvent, StatusEvent, TracksEvent
from edge.face_reader import FaceReader
from edge.feeling import Feeling
from edge.frames import Frame
from edge.mood import Mood, MoodTracker
from edge.players import Player
from edge.reporters import Reporter
from edge.selection import Selection
from edge.sources import FrameSource
from edge.stop import Stop
from edge.systemd_notify import Notifier
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """When to end before the source does.

    once: after the first tracks. frames: after this many.
    """

    once: bool = False
    frames: int | None = None


class Daemon:
    """Watches a source and hands tracks to the player whenever the mood has changed."""

    def __init__(
        self,
        source: FrameSource,
        reader: FaceReader,
        tracker: MoodTracker,
        selection: Selection,
        player: Player,
        reporter: Reporter,
        notifier: Notifier,
    ) -> None:
        self._source = source
        self._reader = reader
        self._tracker = tracker
        self._selection = selection
        self._player = player
        self._reporter = reporter
        self._notifier = notifier
        self._frames = self._faces = self._changes = 0
        self._last_time = 0.0
        self._playing: str | None = None
        self._present = False

    def run(self, stop: Stop, limits: Limits) -> StatusEvent:
        """Watch until the source ends, `stop` is requested or a limit is reached; the counts.

        Raises MoodpiError when the source fails.
        """
        self._notifier.ready("looking for somebody")
        try:
            with self._source:
                while not stop.requested and not self._reached(limits):
                    frame = self._source.read()
                    if frame is None:
                        break
                    self._turn(frame)
        finally:
            self._notifier.stopping()
            # A camera that never opened has one thing to say, and its error says it.
            if self._frames:
                self._log_counts()
        status = self._status()
        self._reporter.report(status)
        return status

    def _reached(self, limits: Limits) -> bool:
        enough_frames = limits.frames is not None and self._frames >= limits.frames
        return enough_frames or (limits.once and self._playing is not None)

    def _turn(self, frame: Frame) -> None:
        self._notifier.alive()
        self._frames += 1
        self._last_time = frame.time
        face = self._reader.read_largest(frame.grey)
        probabilities = None if face is None else face.probabilities
        self._faces += probabilities is not None
        mood = self._tracker.update(probabilities, frame.time)
        self._notice_presence()
        if mood is not None:
            self._changes += 1
            self._respond(mood)

    def _notice_presence(self) -> None:
        if self._tracker.present == self._present:
            return
        self._present = self._tracker.present
        # Whoever comes next gets music of their own, even for the same mood.
        self._playing = None
        self._notifier.status("somebody is there" if self._present else "nobody is there")
        self._reporter.report(PresenceEvent(self._now(), self._present))

    def _respond(self, mood: Mood) -> None:
        feeling = Feeling.of_probabilities(mood.probabilities)
        self._reporter.report(
            MoodEvent(self._now(), mood.emotion, mood.confidence, feeling, mood.why)
        )
        self._notifier.status(f"{mood.emotion or 'unsure'}: {mood.why}")
        # Unsure, and back from unsure to what was playing already, leaves the music alone.
        if mood.emotion is None or mood.emotion == self._playing:
            return
        try:
            chosen = self._selection.choose(feeling)
        except MoodpiError as error:
            log.warning("no tracks this time: %s", error)
            return
        self._playing = mood.emotion
        self._reporter.report(TracksEvent(self._now(), mood.emotion, mood.confidence, chosen))
        try:
            self._player.play(chosen)
        except MoodpiError as error:
            log.warning("the player failed: %s", error)

    def _log_counts(self) -> None:
        log.info(
            "frames %d, dropped %d, with a face %d, changes of mood %d",
            self._frames,
            self._source.dropped,
            self._faces,
            self._changes,
        )

    def _status(self) -> StatusEvent:
        return StatusEvent(
            self._now(), self._frames, self._source.dropped, self._faces, self._changes
        )

    def _now(self) -> float:
        """The moment that events carry: of the day for a camera, within the file for a file."""
        return time.time() if self._source.live else self._last_time
