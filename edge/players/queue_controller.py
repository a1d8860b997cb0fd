"""Control of a music server's queue that respects the other programs that use the server."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from enum import Enum, auto

from edge.config.settings import PlayerSettings
from edge.music.recommendation import RecommendedTrack
from edge.players.music_server import MusicServer, Queue, QueueEntry, ServerPlayback
from edge.players.player import PlayerState
from edge.players.player_intent import PlayerIntent, PlayRequest
from edge.players.saved_server_state import SavedServerState
from edge.players.sound_meter import SoundMeter
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# Seconds of sound. A queue that ends with less after its start was not played.
MIN_QUEUE_SECONDS = 2.0
# The most heard tracks that a state names.
MAX_HEARD = 20


class PauseCause(Enum):
    """Who paused or stopped the server.

    - NONE: Nobody. Entered whenever the server plays.
    - MOODPI: moodpi, because of `PlayerIntent.paused`. Ends with that.
    - EXTERNAL: Another program. Ends when the server plays again, at a person's request to
      resume, and with a request that interrupts.
    """

    NONE = auto()
    MOODPI = auto()
    EXTERNAL = auto()


class QueueController:
    """Applies the intent to a server's queue unless another program uses the server.

    A queue with entries of other programs is left alone, or saved as a playlist and replaced if
    `player.take_over` is set. A pause or stop by another program remains.

    Attributes:
        applied: The request that the queue was filled from.
    """

    def __init__(
        self,
        server: MusicServer,
        settings: PlayerSettings,
        saved_state: SavedServerState,
        min_queue_seconds: float = MIN_QUEUE_SECONDS,
    ) -> None:
        self.applied: PlayRequest | None = None
        self._server = server
        self._settings = settings
        self._saved_state = saved_state
        self._min_queue_seconds = min_queue_seconds
        # Entries that moodpi may replace, by URI. The track is None for entries from before a crash
        # and from a queue that was taken over.
        self._replaceable_tracks: dict[str, RecommendedTrack | None] = dict.fromkeys(
            saved_state.uris
        )
        # Tracks of the applied request that were not played yet.
        self._remaining: tuple[RecommendedTrack, ...] = ()
        # The rest of the applied request, after a reconnection or without an entry that was paused.
        self._retry: PlayRequest | None = None
        self._last_playback = ServerPlayback.STOPPED
        self._pause_cause = PauseCause.NONE
        self._pause_applied = False
        self._resumes_applied = 0
        self._nothing_playable = False
        self._sound = SoundMeter()
        self._heard: tuple[RecommendedTrack, ...] = ()

    @property
    def has_sounded(self) -> bool:
        """Whether a track has sounded for HEARD_SECONDS since the connection."""
        return self._sound.has_heard

    def on_connect(self, queue: Queue) -> None:
        """Plan to play the remaining tracks again, unless the server still plays moodpi's."""
        self._last_playback = queue.playback
        self._sound = SoundMeter()
        active = queue.playback is not ServerPlayback.STOPPED and not queue.has_failed
        current = queue.current
        continues = active and current is not None and current.uri in self._replaceable_tracks
        # A pause by moodpi that is still in effect ends with the intent, as without a reconnection.
        self._pause_applied = (
            continues
            and queue.playback is ServerPlayback.PAUSED
            and self._pause_cause is PauseCause.MOODPI
        )
        if self.applied is not None and not continues:
            self._retry = PlayRequest(self._remaining or self.applied.tracks, interrupt=True)

    def update(self, intent: PlayerIntent, queue: Queue, uris: Mapping[str, str]) -> PlayerState:
        """Apply the intent to the queue. uris: the URIs of the server's tracks, by track id."""
        request = intent.request if intent.request is not self.applied else self._retry
        if external := self._external_entries(queue):
            idle = request is None or intent.paused or queue.playback is ServerPlayback.PAUSED
            if idle or not self._settings.take_over:
                return self._leave_alone(intent, external)
            self._take_over(queue)
        self._detect_external_pause(queue)
        self._apply_pause(intent, queue)
        self._apply_resume_requests(intent, queue)
        self._remove_excluded(intent.excluded_ids, queue)
        if request is not None and self._may_play(request):
            self._play(request, queue, uris)
            self.applied, self._retry = intent.request, None
            queue = self._server.read_queue()
        return self._state(queue)

    def release(self, queue: Queue) -> None:
        """Restore the options; empty the queue if all entries are moodpi's."""
        if not self._external_entries(queue) and self._saved_state.options is not None:
            self._server.remove(queue.entries)
        self._restore_options()

    def _external_entries(self, queue: Queue) -> list[QueueEntry]:
        return [entry for entry in queue.entries if entry.uri not in self._replaceable_tracks]

    def _leave_alone(self, intent: PlayerIntent, external: list[QueueEntry]) -> PlayerState:
        self._restore_options()
        self._pause_applied = intent.paused
        self._pause_cause = PauseCause.NONE
        error = (
            f"{len(external)} songs in the queue of {self._server.name} were not added by moodpi: "
            "clear the queue, or set player.take_over"
        )
        return PlayerState(error=error, error_code="external_queue")

    def _restore_options(self) -> None:
        if self._saved_state.options is not None:
            self._server.restore_options(self._saved_state.options)
            self._saved_state.clear()
        self._replaceable_tracks.clear()

    def _take_over(self, queue: Queue) -> None:
        name = f"before moodpi {datetime.now():%Y-%m-%d %H.%M.%S}"
        self._server.save_playlist(name)
        log.info("saved the queue of %s as the playlist '%s'", self._server.name, name)
        self._replaceable_tracks.update(dict.fromkeys(entry.uri for entry in queue.entries))
        self._end_external_pause()
        self._last_playback = queue.playback

    def _detect_external_pause(self, queue: Queue) -> None:
        """Compare the playback state with the expected one."""
        if queue.playback is ServerPlayback.PLAYING:
            self._pause_cause = PauseCause.NONE
        elif (
            self._last_playback is ServerPlayback.PLAYING
            and queue.current is not None
            and not queue.has_failed
        ):
            self._pause_cause = PauseCause.EXTERNAL
        self._last_playback = queue.playback

    def _end_external_pause(self) -> None:
        if self._pause_cause is PauseCause.EXTERNAL:
            self._pause_cause = PauseCause.NONE

    def _apply_pause(self, intent: PlayerIntent, queue: Queue) -> None:
        """Pause and resume when the intent changes, unless another program did so before."""
        starts = intent.paused and not self._pause_applied
        ends = self._pause_applied and not intent.paused
        if starts and queue.playback is ServerPlayback.PLAYING:
            self._set_paused(paused=True)
        elif ends and self._pause_cause is PauseCause.MOODPI:
            if queue.playback is ServerPlayback.PAUSED:
                self._set_paused(paused=False)
            self._pause_cause = PauseCause.NONE
        self._pause_applied = intent.paused

    def _apply_resume_requests(self, intent: PlayerIntent, queue: Queue) -> None:
        if intent.paused or intent.resume_requests == self._resumes_applied:
            return
        self._resumes_applied = intent.resume_requests
        self._end_external_pause()
        if queue.current is None:
            return
        if queue.playback is ServerPlayback.PAUSED:
            self._set_paused(paused=False)
        elif queue.playback is ServerPlayback.STOPPED:
            self._start(queue.current)

    def _remove_excluded(self, excluded_ids: frozenset[str], queue: Queue) -> None:
        """Remove excluded tracks from the queue. The current track is skipped if excluded."""
        excluded = [
            entry
            for entry in queue.entries
            if (own := self._replaceable_tracks.get(entry.uri)) and own.track.id in excluded_ids
        ]
        if not excluded:
            return
        if queue.current in excluded:
            upcoming = [entry for entry in queue.upcoming if entry not in excluded]
            self._nothing_playable = not upcoming
            if upcoming and queue.playback is ServerPlayback.PLAYING:
                self._start(upcoming[0])
            elif upcoming:
                # A paused server stops without its current entry, and does not resume.
                left = map(self._replaceable_tracks.get, (entry.uri for entry in upcoming))
                self._retry = PlayRequest(tuple(filter(None, left)), interrupt=True)
        self._server.remove(excluded)

    def _may_play(self, request: PlayRequest) -> bool:
        # A person requested these tracks, and therefore wants to hear them.
        if request is not self._retry and request.interrupt:
            self._end_external_pause()
        return not self._pause_applied and self._pause_cause is not PauseCause.EXTERNAL

    def _play(self, request: PlayRequest, queue: Queue, uris: Mapping[str, str]) -> None:
        tracks = {uris[track.track.id]: track for track in request.tracks if track.track.id in uris}
        self._remaining = tuple(tracks.values())
        # Empty if the library has changed since the recommendation.
        self._nothing_playable = not tracks
        if not tracks:
            return
        continues = queue.playback is ServerPlayback.PLAYING and not request.interrupt
        current = queue.current if continues and self._settings.change == "after_track" else None
        playing = {current.uri: self._replaceable_tracks.get(current.uri)} if current else {}
        self._save_state({*tracks, *playing})
        entries = self._server.append(list(tracks))
        if not entries:
            raise MoodpiError(
                f"{self._server.name} rejects all {len(tracks)} tracks, although its library "
                "lists them: update its library",
                code="tracks_rejected",
            )
        self._replaceable_tracks = {**playing, **tracks}
        self._server.remove([entry for entry in queue.entries if entry != current])
        if current is None:
            self._start(entries[0])

    def _save_state(self, uris: set[str]) -> None:
        options = self._saved_state.options
        if options is None:
            options = self._server.set_options(self._settings.crossfade)
        self._saved_state.save(options, uris)

    def _start(self, entry: QueueEntry) -> None:
        self._server.play(entry)
        self._last_playback = ServerPlayback.PLAYING
        self._pause_cause = PauseCause.NONE
        self._sound = SoundMeter()

    def _set_paused(self, *, paused: bool) -> None:
        self._server.set_paused(paused=paused)
        self._last_playback = ServerPlayback.PAUSED if paused else ServerPlayback.PLAYING
        self._pause_cause = PauseCause.MOODPI if paused else PauseCause.NONE

    def _state(self, queue: Queue) -> PlayerState:
        # An error closes the connection. Playing is tried again after the reconnection, because a
        # sound card can come back.
        if queue.has_failed and not self._pause_applied:
            raise MoodpiError(
                f"{self._server.name} cannot play: {queue.error}", code="playback_failed"
            )
        track = self._replaceable_tracks.get(queue.current.uri) if queue.current else None
        heard_before = self._sound.has_heard
        self._sound.update(queue)
        if track is not None and self._sound.has_heard and not heard_before:
            self._heard = (*self._heard, track)[-MAX_HEARD:]
        if track in self._remaining:
            self._remaining = self._remaining[self._remaining.index(track) + 1 :]
        external_pause = self._pause_cause is PauseCause.EXTERNAL
        silent = self._sound.total < self._min_queue_seconds
        if queue.is_finished and not external_pause and silent:
            message = self._server.last_message() or "check its audio output"
            raise MoodpiError(
                f"{self._server.name} ends all tracks within {self._min_queue_seconds:g} seconds: "
                f"{message}",
                code="tracks_end_early",
            )
        is_last = (
            queue.current is not None
            and self._sound.sounds
            and queue.playback is ServerPlayback.PLAYING
            and not queue.upcoming
        )
        queue_is_used = self.applied is not None and bool(self._replaceable_tracks)
        return PlayerState(
            playing=track if self._sound.sounds else None,
            heard=self._heard,
            is_finished=queue.is_finished or not queue.entries,
            needs_tracks=self._nothing_playable
            or (queue_is_used and (is_last or queue.is_finished)),
            paused_externally=external_pause,
        )
