"""The loop: camera to face to emotion to mood to tracks to player."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from catalog.store import Track
from edge.clock import Clock
from edge.daemon.last_events import LastEvents
from edge.daemon.playback import PlaybackController
from edge.daemon.pulse import Pulse
from edge.daemon.status import Answer, DaemonStatus, Request
from edge.events import Event, MoodEvent, PresenceEvent, Reporter, RunCounts, StatusEvent
from edge.frame import Frame
from edge.mood.affect import Affect
from edge.mood.tracker import Mood, MoodTracker
from edge.music.recommendation import RecommendedTrack
from edge.music.selector import TrackSelector
from edge.players import Player
from edge.sources import FrameSource
from edge.system.sd_notify import SystemdNotifier
from edge.system.signals import StopRequest
from edge.vision.frame_pipeline import FramePipeline, ScanMode

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
        pipeline: FramePipeline,
        tracker: MoodTracker,
        selection: TrackSelector,
        player: Player,
        reporter: Reporter,
        notifier: SystemdNotifier,
        pulse: Pulse,
    ) -> None:
        self._source = source
        self._pipeline = pipeline
        self._tracker = tracker
        self._reporter = reporter
        self._notifier = notifier
        self._pulse = pulse
        self._started = time.monotonic()
        self._last_events = LastEvents()
        self._clock = Clock(media=not source.live)
        self._programme = PlaybackController(selection, player, self._clock, self._say)
        pulse.each(notifier.watchdog)
        pulse.each(self._notice_blindness)
        pulse.each(self._notice_trouble)
        pulse.each(self._programme.turn)
        self._frames = self._faces = self._changes = 0
        self._scan_modes: Counter[ScanMode] = Counter()
        # Seconds spent on finding faces and on inference.
        self._looking = 0.0
        self._present = False
        self._trouble = ""

    def run(self, stop: StopRequest, limits: Limits) -> RunCounts:
        """Watch until the source ends, `stop` is requested or a limit is reached; the counts.

        Raises MoodpiError when the source fails.
        """
        self._notifier.ready("looking for somebody")
        try:
            with self._programme, self._source:
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
        counts = self._counts()
        self._say(StatusEvent(self._clock.moment(), counts))
        return counts

    def take(self, pipeline: FramePipeline, tracker: MoodTracker, selection: TrackSelector) -> None:
        """Go on with these, as a changed configuration makes them; the mood is found out anew."""
        self._pipeline, self._tracker = pipeline, tracker
        self._programme.take(selection)

    def answer(self, request: Request) -> Answer:
        """Do as is asked of what is heard, and say how it stands; MoodpiError where it cannot."""
        orders: dict[str, Callable[[], None]] = {
            "pause": self._programme.pause,
            "resume": self._programme.resume,
            "next": self._programme.next,
            "strategy": lambda: self._programme.choose_by(str(request.get("strategy", ""))),
        }
        if order := orders.get(request["command"]):
            order()
        return self.status().to_json()

    def status(self) -> DaemonStatus:
        """The status now."""
        last = self._last_events
        return DaemonStatus(
            uptime=round(time.monotonic() - self._started, 1),
            counts=self._counts(),
            analysis_seconds=round(self._looking, 3),
            presence=last.json("presence"),
            mood=last.json("mood"),
            tracks=last.json("tracks"),
            playing=last.json("playing"),
            paused=self._programme.paused,
            pause_reason=self._programme.pause_reason,
            strategy=self._programme.strategy,
            player_error=self._programme.player_error,
            camera_error=self._source.error,
        )

    @property
    def heard(self) -> RecommendedTrack | None:
        """The track that is heard, where the player knows."""
        return self._programme.heard

    def drop(self, unwanted: Callable[[Track], bool]) -> None:
        """None of these tracks is to be heard any more."""
        self._programme.drop(unwanted)

    def _say(self, event: Event) -> None:
        self._last_events.record(event)
        self._reporter.report(event)

    def _reached(self, limits: Limits) -> bool:
        enough_frames = limits.frames is not None and self._frames >= limits.frames
        return enough_frames or (limits.once and self._programme.given)

    def _turn(self, frame: Frame) -> None:
        self._clock.saw(frame.time)
        self._pulse.beat()
        self._frames += 1
        begun = time.perf_counter()
        analysis = self._pipeline.analyse(frame)
        self._looking += time.perf_counter() - begun
        self._scan_modes[analysis.scan_mode] += 1
        probabilities = analysis.probabilities
        self._faces += probabilities is not None
        mood = self._tracker.update(probabilities, frame.time)
        self._notice_presence()
        if mood is not None:
            self._changes += 1
            self._respond(mood)

    def _notice_blindness(self) -> None:
        """While the camera is lost time goes on, and whoever was there is there no more."""
        now = self._clock.seconds()
        if now - self._clock.newest_frame > BLIND:
            self._clock.saw(now)
            self._tracker.update(None, now)
            self._notice_presence()

    def _notice_trouble(self) -> None:
        trouble = self._source.error
        if trouble != self._trouble:
            self._trouble = trouble
            self._notifier.status(trouble or "the camera is back")

    def _notice_presence(self) -> None:
        present = self._tracker.present
        if present:
            self._programme.seen()
        if present == self._present:
            return
        self._present = present
        if not present:
            self._programme.part()
        self._notifier.status("somebody is there" if present else "nobody is there")
        self._say(PresenceEvent(self._clock.moment(), present))

    def _respond(self, mood: Mood) -> None:
        affect = Affect.from_probabilities(mood.probabilities)
        moment = self._clock.moment()
        self._say(MoodEvent(moment, mood.emotion, mood.confidence, affect, mood.why))
        self._notifier.status(f"{mood.emotion or 'unsure'}: {mood.why}")
        self._programme.follow(mood)

    def _log_counts(self) -> None:
        log.info(
            "frames %d (scanned %d, tracked %d, skipped %d), dropped %d, with a face %d, "
            "changes of mood %d",
            self._frames,
            self._scan_modes[ScanMode.FULL_SCAN],
            self._scan_modes[ScanMode.TRACKED],
            self._scan_modes[ScanMode.SKIPPED],
            self._source.dropped,
            self._faces,
            self._changes,
        )

    def _counts(self) -> RunCounts:
        return RunCounts(
            frames=self._frames,
            scanned=self._scan_modes[ScanMode.FULL_SCAN],
            tracked=self._scan_modes[ScanMode.TRACKED],
            skipped=self._scan_modes[ScanMode.SKIPPED],
            dropped=self._source.dropped,
            faces=self._faces,
            changes=self._changes,
        )
