"""The base of the players on a music server. Each talks to its server in its own thread."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from catalog.store import Catalog
from edge.config.settings import PlayerSettings
from edge.music.library import PlayableTracks
from edge.music.recommendation import Recommendation
from edge.music.stars import Stars
from edge.players.music_server import MAX_ERROR_LENGTH, MusicServer
from edge.players.player import Player, PlayerState
from edge.players.player_intent import PlayerIntent, PlayRequest
from edge.players.queue_controller import QueueController
from edge.players.saved_server_state import SavedServerState, server_state_file
from edge.players.server_library import ServerLibrary
from edge.players.server_stars import ServerStars
from edge.system.backoff import Backoff
from edge.system.log_once import LogOnce
from moodpi.errors import MoodpiError
from moodpi.text import clean_text

log = logging.getLogger(__name__)

# The time between two updates of the queue, in seconds.
POLL_INTERVAL = 0.5
# The shortest and the longest delay before a reconnection, in seconds. Each failure doubles it.
RETRY_DELAYS = (1.0, 30.0)
# The time to release the server at the end of a run, in seconds. The whole shutdown may take 2
# seconds.
RELEASE_TIMEOUT = 0.8
# Failures of playing, which a connection does not end.
PLAYBACK_ERRORS = ("playback_failed", "tracks_end_early", "tracks_rejected", "queue_full")


class ServerPlayer(Player):
    """Sets the intent of a QueueController, which runs in a thread, and returns its state.

    The thread reconnects to a server that fails. The intent and the state are immutable values
    that are replaced as a whole, therefore neither side waits for the other.

    retry_delays: the shortest and the longest delay before a reconnection, in seconds.
    """

    def __init__(
        self,
        settings: PlayerSettings,
        catalog: Path | None,
        server: MusicServer,
        retry_delays: tuple[float, float] = RETRY_DELAYS,
    ) -> None:
        super().__init__(settings, catalog)
        self._server = server
        self._retry_delays = retry_delays
        self._saved_state = SavedServerState(server_state_file(), server.name)
        self._intent = PlayerIntent()
        # The state, and the request that it describes.
        self._reported: tuple[PlayerState, PlayRequest | None] = (PlayerState(), None)
        # The last failure, until music has sounded after it.
        self._failure = PlayerState()
        self._stars = ServerStars(server)
        self._warnings = LogOnce(log)
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._library = ServerLibrary(server, catalog, self._stopping)
        self._thread = threading.Thread(
            target=self._run, name=f"player-{settings.kind}", daemon=True
        )

    def open(self) -> None:
        self._library.load()
        self._saved_state.load()
        self._thread.start()

    @property
    def library(self) -> PlayableTracks | None:
        """The tracks of the catalogue that the server has, None until they are known."""
        return self._library.matched

    @property
    def server_name(self) -> str:
        """The name of the server, for messages."""
        return self._server.name

    def load_songs(self) -> None:
        """Load the songs as they were last listed, for a player that is not open."""
        self._library.load()

    def fetch_library(self) -> PlayableTracks | None:
        """Ask the server for the tracks of the catalogue that it has. None means all.

        For a player that is not open. It blocks. Raises MoodpiError if the server fails.
        """
        self._library.load()
        try:
            self._server.connect()
            self._library.on_connect()
            if not self._library.plays_spotify:
                self._library.update()
        finally:
            self._server.close()
        return None if self._library.plays_spotify else self._library.matched

    def playable(self, catalog: Catalog) -> Sequence[int] | None:
        return self._library.playable(catalog)

    def song_counts(self) -> tuple[int, int] | None:
        library = self._library.matched
        return None if library is None else (library.song_count, library.matched_count)

    @property
    def uris(self) -> Mapping[str, str]:
        return self._library.uris

    def stars(self) -> Stars | None:
        return self._stars.current

    def star(self, wanted: Mapping[str, bool]) -> None:
        if wanted != self._intent.stars:
            self._set_intent(stars=wanted)

    @property
    def is_busy(self) -> bool:
        (state, request), requested = self._reported, self._intent.request
        is_finished = request is requested and state.is_finished
        return requested is not None and not is_finished and not state.error

    def play(self, recommendation: Recommendation, *, interrupt: bool = False) -> None:
        # A recommendation contains no excluded tracks.
        request = PlayRequest(recommendation.tracks, interrupt)
        self._set_intent(request=request, excluded_ids=frozenset())

    def pause(self) -> None:
        self._set_intent(paused=True)

    def resume(self, *, requested: bool = False) -> None:
        self._set_intent(
            paused=False, resume_requests=self._intent.resume_requests + int(requested)
        )

    def remove(self, ids: frozenset[str]) -> None:
        self._set_intent(excluded_ids=ids)

    def state(self) -> PlayerState:
        state, request = self._reported
        return state if request is self._intent.request else replace(state, needs_tracks=False)

    def close(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(RELEASE_TIMEOUT)

    def _set_intent(self, **changes: object) -> None:
        self._intent = replace(self._intent, **changes)  # type: ignore[arg-type]
        self._wake.set()

    def _run(self) -> None:
        controller = QueueController(self._server, self.settings, self._saved_state)
        backoff = Backoff(*self._retry_delays)
        while not self._stopping.is_set():
            connected = None
            try:
                self._server.connect()
                connected = time.monotonic()
                self._control(controller)
            except MoodpiError as error:
                self._report_failure(str(error), error.code, controller)
            except Exception as error:  # noqa: BLE001  # a server's answer can break any client
                reason = clean_text(str(error), MAX_ERROR_LENGTH)
                self._warnings.warning(
                    "%s: unexpected %s: %s", self._server.name, type(error).__name__, reason
                )
                self._report_failure(reason, "unexpected", controller)
            finally:
                self._stars.on_disconnect()
                self._server.close()
            # Some failures occur only after a connection, such as a missing sound card.
            if connected and time.monotonic() - connected > max(self._retry_delays):
                backoff.reset()
                self._warnings.reset()
            self._stopping.wait(backoff.next_delay())

    def _control(self, controller: QueueController) -> None:
        self._library.on_connect()
        self._library.update_if_due()
        self._stars.on_connect(
            lambda: self._intent.stars, lambda: self._library.uris, self._stopping
        )
        controller.on_connect(self._server.read_queue())
        while not self._stopping.is_set():
            self._library.update_if_due()
            intent, uris = self._intent, self._library.uris
            state = controller.update(intent, self._server.read_queue(), uris)
            if controller.has_sounded or self._has_answered(state):
                self._failure = PlayerState()
            self._report(self._with_failure(self._with_library_state(state)), controller)
            self._wake.wait(POLL_INTERVAL)
            self._wake.clear()
        controller.release(self._server.read_queue())

    def _with_library_state(self, state: PlayerState) -> PlayerState:
        """The state, with the need for first tracks and with an error if no track is playable."""
        outage = self._library.outage
        # A song that is already received continues to play.
        is_idle = self._intent.request is None or state.is_finished
        if outage is not None and is_idle and not state.error:
            return replace(state, needs_tracks=False, error=str(outage), error_code=outage.code)
        if self._library.has_tracks:
            needs_tracks = state.needs_tracks or self._intent.request is None
            return replace(state, needs_tracks=needs_tracks)
        state = replace(state, needs_tracks=False)
        library = self._library.matched
        if state.error or library is None:
            return state
        error = f"{self._server.name}: {library}"
        return replace(state, error=error, error_code="no_playable_songs")

    def _has_answered(self, state: PlayerState) -> bool:
        """Whether no music is due and the last failure was one of the connection alone."""
        silent = self._intent.request is None or self._intent.paused or state.paused_externally
        return silent and self._failure.error_code not in PLAYBACK_ERRORS

    def _with_failure(self, state: PlayerState) -> PlayerState:
        """The state, with the last failure unless it has an error of its own."""
        if state.error:
            return state
        return replace(state, error=self._failure.error, error_code=self._failure.error_code)

    def _report_failure(self, error: str, code: str, controller: QueueController) -> None:
        # Its reason is what the server has printed so far, which differs between the attempts.
        if code != "tracks_end_early" or code != self._failure.error_code:
            self._failure = PlayerState(error=error, error_code=code)
        self._report(self._failure, controller)

    def _report(self, state: PlayerState, controller: QueueController) -> None:
        self._reported = (state, controller.applied)
