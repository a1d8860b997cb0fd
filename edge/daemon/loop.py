"""The main loop: camera, faces, mood, tracks, player."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from edge.clock import Clock
from edge.daemon.affect_reporting import AffectReporting
from edge.daemon.command_handler import CommandHandler
from edge.daemon.factory import Components
from edge.daemon.frame_tap import FrameTap
from edge.daemon.last_events import LastEvents
from edge.daemon.no_mood import NoMoodReason
from edge.daemon.playback import PlaybackController
from edge.daemon.playback_state import PlaybackState
from edge.daemon.preview import Preview
from edge.daemon.reload import ConfigurationReloader
from edge.daemon.run_counter import RunCounter
from edge.daemon.status import DaemonStatus, SongsJson
from edge.events import (
    AffectEvent,
    Event,
    MoodEvent,
    PictureEvent,
    PresenceEvent,
    Reporter,
    RunCounts,
    StatusEvent,
)
from edge.frame import Frame
from edge.mood.tracker import Mood
from edge.players import Player
from edge.sources import FrameSource
from edge.system.library_pages import release_library_pages
from edge.system.sd_notify import SystemdNotifier
from edge.system.signals import STOP_POLL_INTERVAL, StopRequest
from edge.vision.boxes import Box

log = logging.getLogger(__name__)

# After this many seconds without a frame, assume that nobody is in view.
CAMERA_TIMEOUT = 1.0


@dataclass(frozen=True)
class Limits:
    """When a run ends before its source does.

    once: After the first tracks, and the program that plays them. frames: After this many frames.
    """

    once: bool = False
    frames: int | None = None


class Daemon:
    """Watches a source and plays music for the mood of the person in view.

    commands: Executes commands from the control socket; None without one.
    reloader: Reads the configuration again on request; None if it never changes.
    source_name: The source's name in the status.
    tap: Gets every frame; None if no other thread needs any.
    preview: Shows frames to a viewer; None if nobody can see any.
    no_mood: Explains a run that ends without a mood.
    """

    def __init__(
        self,
        source: FrameSource,
        components: Components,
        player: Player,
        reporter: Reporter,
        notifier: SystemdNotifier,
        *,
        commands: CommandHandler | None = None,
        reloader: ConfigurationReloader | None = None,
        source_name: str = "",
        tap: FrameTap | None = None,
        preview: Preview | None = None,
        no_mood: NoMoodReason | None = None,
    ) -> None:
        self._source = source
        self._source_name = source_name
        self._player = player
        self._pipeline = components.pipeline
        self._mood_tracker = components.mood_tracker
        self._resting_face = components.resting_face
        self._picture_notice = components.picture_notice
        self._reporter = reporter
        self._notifier = notifier
        self._commands = commands
        self._reloader = reloader
        self._tap = tap
        self._preview = preview
        self._no_mood = no_mood or NoMoodReason()
        self._started = time.monotonic()
        self._clock = Clock(media=not source.live)
        self._playback = PlaybackController(components.selector, player, self._clock, self._report)
        self._last_events = LastEvents()
        self._affect_reporting = AffectReporting()
        self._counter = RunCounter()
        self._person_present = False
        self._camera_error = ""
        source.call_while_waiting(self.tick)

    def run(self, stop: StopRequest, limits: Limits) -> RunCounts:
        """Process frames until the source ends, `stop` is requested or a limit is reached.

        Raises MoodpiError if the source fails.
        """
        release_library_pages()
        self._notifier.ready("Nobody in view")
        try:
            with self._playback, self._source:
                while not stop.requested and not self._reached(limits):
                    frame = self._source.read()
                    if frame is None:
                        break
                    self._process(frame)
                if limits.once:
                    self._play_to_end(stop)
                self._playback.tick()
        finally:
            self._notifier.stopping()
            if self._resting_face is not None:
                self._resting_face.save_learned()
            # If the camera never opened, its error is the only message.
            if self._counter.frames:
                self._log_counts()
        counts = self._counter.counts(self._source.dropped)
        why = "" if stop.requested else self._no_mood.text(counts)
        if why:
            log.warning("%s", why)
        self._report(StatusEvent(self._clock.timestamp(), counts, why))
        return counts

    def tick(self) -> None:
        """One turn of the loop: for every frame, and repeatedly while the source waits for one."""
        self._notifier.watchdog()
        self._check_camera_timeout()
        self._check_camera_error()
        self._playback.tick()
        self._reload_configuration()
        self._update_resting_face()
        if self._commands is not None:
            self._commands.answer_pending(self._playback, self._resting_face, self.status)

    def status(self) -> DaemonStatus:
        """The status now."""
        songs = self._player.song_counts()
        return DaemonStatus(
            uptime=round(time.monotonic() - self._started, 1),
            counts=self._counter.counts(self._source.dropped),
            analysis_seconds=round(self._counter.analysis_seconds, 3),
            presence=self._last_events.json("presence"),
            mood=self._last_events.mood_json(),
            tracks=self._last_events.json("tracks"),
            playing=self._last_events.json("playing"),
            ratings=self._playback.ratings,
            paused=self._playback.state is PlaybackState.PAUSED,
            pause_reason=self._playback.pause_reason,
            strategy=self._playback.selector.strategy,
            source=self._source_name,
            player=self._player.settings.kind,
            songs=SongsJson(total=songs[0], playable=songs[1]) if songs else None,
            player_error=self._playback.player_error,
            camera_error=self._source.error,
            song_analysis=self._playback.selector.song_analysis,
            resting_face=self._resting_face.to_json() if self._resting_face is not None else None,
            preview=self._preview.to_json() if self._preview is not None else None,
        )

    def _process(self, frame: Frame) -> None:
        self._clock.advance(frame.time)
        self.tick()
        started = time.perf_counter()
        analysis = self._pipeline.analyse(frame)
        self._counter.add_frame(analysis, time.perf_counter() - started)
        self._no_mood.add_frame(frame, has_face=bool(analysis.faces))
        if self._tap is not None:
            self._tap.offer(frame.grey, tuple(face.box for face in analysis.faces if face.box))
        probabilities = analysis.probabilities
        if self._resting_face is not None:
            probabilities = self._resting_face.judge(analysis, frame.time)
        changed_mood = self._mood_tracker.update(probabilities, frame.time)
        self._update_presence()
        for box in analysis.found_pictures:
            self._on_picture(box, frame)
        if changed_mood is not None:
            self._on_mood(changed_mood)
        elif probabilities is not None and (mood := self._mood_tracker.mood):
            self._follow_mood(mood)

    def _reached(self, limits: Limits) -> bool:
        enough_frames = limits.frames is not None and self._counter.frames >= limits.frames
        return enough_frames or (limits.once and self._playback.has_tracks)

    def _play_to_end(self, stop: StopRequest) -> None:
        """Wait until the player has played its list or fails. No list follows: nobody is seen."""
        self._playback.person_left()
        while self._player.is_busy and not stop.requested:
            # `pause_after` is for a camera that is watched.
            self._playback.person_seen()
            self.tick()
            time.sleep(STOP_POLL_INTERVAL)

    def _check_camera_timeout(self) -> None:
        """Without frames, update the mood tracker with no face, so that presence ends."""
        now = self._clock.monotonic()
        if now - self._clock.newest_frame > CAMERA_TIMEOUT:
            self._clock.advance(now)
            self._mood_tracker.update(None, now)
            self._update_presence()

    def _check_camera_error(self) -> None:
        error = self._source.error
        if error != self._camera_error:
            self._camera_error = error
            self._notifier.status(error or "The camera works again")

    def _update_resting_face(self) -> None:
        if self._resting_face is not None:
            self._resting_face.tick(
                paused=self._playback.state is PlaybackState.PAUSED,
                camera_error=self._source.error,
            )

    def _reload_configuration(self) -> None:
        """Replace the components if requested. The mood is then unknown until it is found again."""
        if self._reloader is None or not self._reloader.request.take():
            return
        if self._resting_face is not None:
            self._resting_face.save_learned()
        components = self._reloader.new_components()
        if components is not None:
            self._pipeline = components.pipeline
            self._mood_tracker = components.mood_tracker
            self._resting_face = components.resting_face
            self._picture_notice = components.picture_notice
            self._playback.selector = components.selector

    def _update_presence(self) -> None:
        present = self._mood_tracker.present
        if present:
            self._playback.person_seen()
        if present == self._person_present:
            return
        self._person_present = present
        if not present:
            self._playback.person_left()
        self._notifier.status("Somebody in view" if present else "Nobody in view")
        self._report(PresenceEvent(self._clock.timestamp(), present))

    def _on_mood(self, mood: Mood) -> None:
        self._counter.add_mood_change()
        self._no_mood.add_mood()
        self._affect_reporting.reported(mood, self._clock.newest_frame)
        self._report(MoodEvent(self._clock.timestamp(), mood))
        self._notifier.status(f"{mood.emotion or 'unsure'}: {mood.why}")
        self._playback.on_mood(mood)
        # Watching needs little of what the first mood needed.
        release_library_pages()

    def _follow_mood(self, mood: Mood) -> None:
        """The mood is the same; its numbers may have changed."""
        self._playback.follow_mood(mood)
        if self._affect_reporting.is_due(mood, self._clock.newest_frame):
            self._affect_reporting.reported(mood, self._clock.newest_frame)
            self._report(AffectEvent(self._clock.timestamp(), mood))

    def _on_picture(self, box: Box, frame: Frame) -> None:
        """Report a face in a picture, with the setting that excludes the picture."""
        line = self._picture_notice.line(box, frame.grey.shape)
        log.warning(
            "a face has not moved for minutes: it is a picture and is not counted. To exclude it, "
            "write under [source] in moodpi.toml: %s",
            line,
        )
        self._report(PictureEvent(self._clock.timestamp(), line))

    def _report(self, event: Event) -> None:
        self._last_events.record(event)
        self._reporter.report(event)

    def _log_counts(self) -> None:
        log.info(
            "frames %(frames)d (scanned %(scanned)d, tracked %(tracked)d, skipped %(skipped)d), "
            "dropped %(dropped)d, with a face %(faces)d, changes of mood %(changes)d",
            self._counter.counts(self._source.dropped).to_json(),
        )
