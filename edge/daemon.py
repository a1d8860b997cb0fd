"""The loop: camera to face to emotion to mood to tracks to player."""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import dataclass

from edge.control.standing import Standing
from edge.events import Event, MoodEvent, PresenceEvent, StatusEvent, TracksEvent
from edge.eyes import SCANNED, SKIPPED, TRACKED, Eyes
from edge.feeling import Feeling
from edge.frames import Frame
from edge.mood import Mood, MoodTracker
from edge.players import Player
from edge.pulse import Pulse
from edge.reporters import Reporter
from edge.selection import Selection
from edge.sources import FrameSource
from edge.stop import Stop
from edge.systemd_notify import Notifier
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# A camera that gives nothing for so long shows nobody, in seconds.
BLIND = 1.0


@dataclass(frozen=True)
class Limits:
    """When to end before the source does.

    once: after the first tracks. frames: after this many.
    """

    once: bool = False
    frames: int | None = None


class Daemon:
    """Watches a source and hands tracks to the player whenever the mood has changed.

    pulse: beats at every turn.
    """

    def __init__(
        self,
        source: FrameSource,
        eyes: Eyes,
        tracker: MoodTracker,
        selection: Selection,
        player: Player,
        reporter: Reporter,
        notifier: Notifier,
        pulse: Pulse,
    ) -> None:
        self._source = source
        self._eyes = eyes
        self._tracker = tracker
        self._selection = selection
        self._player = player
        self._reporter = reporter
        self._notifier = notifier
        self._pulse = pulse
        pulse.each(notifier.alive)
        pulse.each(self._notice_blindness)
        self._standing = Standing(time.monotonic())
        self._mood: Mood | None = None
        self._frames = self._faces = self._changes = 0
        self._looks: Counter[str] = Counter()
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
            self._player.close()
            # A camera that never opened has one thing to say, and its error says it.
            if self._frames:
                self._log_counts()
        status = self._status()
        self._say(status)
        return status

    def take(self, eyes: Eyes, tracker: MoodTracker, selection: Selection) -> None:
        """Go on with these, as a changed configuration makes them; the mood is found out anew."""
        self._eyes, self._tracker, self._selection = eyes, tracker, selection

    def answer(self, command: str) -> dict[str, object]:
        """Do one of edge.control's commands, and say how it stands; MoodpiError where it cannot."""
        if command == "pause":
            self._standing.paused = True
        elif command == "resume":
            self._standing.paused = False
            self._play_mood()
        elif command == "next":
            if self._mood is None or self._mood.emotion is None:
                raise MoodpiError("there is no mood yet to choose tracks for")
            self._choose(self._mood, self._mood.emotion)
        counts = self._status().fields()
        return {**self._standing.to_json(time.monotonic()), **counts}

    def _say(self, event: Event) -> None:
        self._standing.note(event)
        self._reporter.report(event)

    def _reached(self, limits: Limits) -> bool:
        enough_frames = limits.frames is not None and self._frames >= limits.frames
        return enough_frames or (limits.once and self._playing is not None)

    def _turn(self, frame: Frame) -> None:
        self._pulse.beat()
        self._frames += 1
        self._last_time = frame.time
        look = self._eyes.look(frame)
        self._looks[look.way] += 1
        probabilities = look.probabilities
        self._faces += probabilities is not None
        mood = self._tracker.update(probabilities, frame.time)
        self._notice_presence()
        if mood is not None:
            self._changes += 1
            self._respond(mood)

    def _notice_blindness(self) -> None:
        """While the camera is lost time goes on, and whoever was there is there no more."""
        now = time.monotonic()
        if self._source.live and now - self._last_time > BLIND:
            self._last_time = now
            self._tracker.update(None, now)
            self._notice_presence()

    def _notice_presence(self) -> None:
        if self._tracker.present == self._present:
            return
        self._present = self._tracker.present
        # Whoever comes next gets music of their own, even for the same mood.
        self._playing = self._mood = None
        self._notifier.status("somebody is there" if self._present else "nobody is there")
        self._say(PresenceEvent(self._now(), self._present))

    def _respond(self, mood: Mood) -> None:
        feeling = Feeling.of_probabilities(mood.probabilities)
        self._mood = mood
        self._say(MoodEvent(self._now(), mood.emotion, mood.confidence, feeling, mood.why))
        self._notifier.status(f"{mood.emotion or 'unsure'}: {mood.why}")
        self._play_mood()

    def _play_mood(self) -> None:
        """Tracks for the mood, unless they are playing or the music is held back."""
        mood = self._mood
        # Unsure, and back from unsure to what was playing already, leaves the music alone.
        if mood is None or mood.emotion is None or mood.emotion == self._playing:
            return
        if not self._standing.paused:
            self._choose(mood, mood.emotion)

    def _choose(self, mood: Mood, emotion: str) -> None:
        try:
            chosen = self._selection.choose(Feeling.of_probabilities(mood.probabilities))
        except MoodpiError as error:
            log.warning("no tracks this time: %s", error)
            return
        self._playing = emotion
        self._say(TracksEvent(self._now(), emotion, mood.confidence, chosen))
        try:
            self._player.play(chosen)
        except MoodpiError as error:
            log.warning("the player failed: %s", error)

    def _log_counts(self) -> None:
        log.info(
            "frames %d (scanned %d, tracked %d, skipped %d), dropped %d, with a face %d, "
            "changes of mood %d",
            self._frames,
            self._looks[SCANNED],
            self._looks[TRACKED],
            self._looks[SKIPPED],
            self._source.dropped,
            self._faces,
            self._changes,
        )

    def _status(self) -> StatusEvent:
        return StatusEvent(
            self._now(),
            frames=self._frames,
            scanned=self._looks[SCANNED],
            tracked=self._looks[TRACKED],
            skipped=self._looks[SKIPPED],
            dropped=self._source.dropped,
            faces=self._faces,
            changes=self._changes,
        )

    def _now(self) -> float:
        """The moment that events carry: of the day for a camera, within the file for a file."""
        return time.time() if self._source.live else self._last_time
