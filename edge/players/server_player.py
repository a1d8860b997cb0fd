"""Players on a music server: a thread of their own talks to it, for as long as the run lasts."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from catalog.store import Catalog
from edge.config.settings import PlayerSettings
from edge.music.library import Library, Playable, Song
from edge.music.library.library import content_of, library_file
from edge.music.recommendation import Recommendation
from edge.players.player import Player, PlayerState
from edge.players.queue_controller import PlayerIntent, PlayRequest, QueueController
from edge.players.saved_server_state import SavedServerState, hand_back_file
from edge.players.server import SPOTIFY, Server
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# How often the server is looked at, in seconds.
TURN = 0.5
# The first wait after a failure, doubled each time up to the longest, in seconds.
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
# How long the end of the run, which takes two seconds in all, waits for the server to be handed
# back, in seconds.
FAREWELL = 0.8


class Everything(Mapping[str, str]):
    """Every track of every catalogue, by Spotify's uri."""

    def __getitem__(self, identity: str) -> str:
        return SPOTIFY + identity

    def __iter__(self) -> Iterator[str]:
        raise TypeError("all tracks cannot be counted")

    def __len__(self) -> int:
        raise TypeError("all tracks cannot be counted")


class ServerPlayer(Player):
    """Tells its thread what is wanted; the thread says what is heard.

    A server that fails is tried again, ever more patiently. Intent and reports are values, replaced
    whole, so neither side waits for the other.
    """

    def __init__(self, settings: PlayerSettings, catalog: Path | None, server: Server) -> None:
        super().__init__(settings, catalog)
        self._server = server
        self._library = Library(library_file(), server.name)
        self._hand_back = SavedServerState(hand_back_file(), server.name)
        self._orders = PlayerIntent()
        self._report: tuple[PlayerState, PlayRequest | None] = (PlayerState(), None)
        self._spotify = False
        self._rematch = False
        self._next_check = 0.0
        self._over = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(
            target=self._work, name=f"player-{settings.kind}", daemon=True
        )

    def open(self) -> None:
        self._library.recall()
        self._hand_back.recall()
        self._thread.start()

    @property
    def library(self) -> Playable | None:
        """What of the catalogue the server has; None while that is not known."""
        return self._library.playable

    @property
    def server_name(self) -> str:
        """Its name."""
        return self._server.name

    def fetch_library(self) -> Playable | None:
        """What of the catalogue the server has, asked here and now; None for all of it.

        For a player that is not open. Raises MoodpiError where the server does not answer.
        """
        self._library.recall()
        try:
            self._server.connect()
            if self._server.takes_spotify():
                return None
            self._refresh()
        finally:
            self._server.close()
        return self._library.playable

    def playable(self, catalog: Catalog) -> Sequence[int] | None:
        if self._spotify:
            return None
        playable = self._library.playable
        if playable is None:
            raise MoodpiError(f"it is not known yet which songs {self._server.name} has")
        if playable.catalog != content_of(catalog):
            self._rematch = True
            self._wake.set()
            raise MoodpiError("the songs are being looked for in another catalogue")
        return playable.places

    def play(self, recommendation: Recommendation, *, interrupt: bool = False) -> None:
        # Of what was not to be heard none was chosen again.
        self._order(wish=PlayRequest(recommendation.tracks, interrupt), unwanted=frozenset())

    def pause(self) -> None:
        self._order(silent=True)

    def resume(self, *, requested: bool = False) -> None:
        self._order(silent=False, asked=self._orders.asked + requested)

    def remove(self, ids: frozenset[str]) -> None:
        self._order(unwanted=ids)

    def state(self) -> PlayerState:
        state, applied = self._report
        return state if applied is self._orders.wish else replace(state, needs_tracks=False)

    def close(self) -> None:
        self._over.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(FAREWELL)

    def _order(self, **changes: object) -> None:
        self._orders = replace(self._orders, **changes)  # type: ignore[arg-type]
        self._wake.set()

    def _work(self) -> None:
        conductor = QueueController(self._server, self.settings, self._hand_back)
        wait, well_since = FIRST_WAIT, 0.0
        while not self._over.is_set():
            try:
                self._server.connect()
                well_since = time.monotonic()
                self._attend(conductor)
            except Exception as error:  # noqa: BLE001  # whatever a server makes of itself
                self._say(PlayerState(error=str(error)), conductor)
            finally:
                self._server.close()
            if time.monotonic() - well_since > LONGEST_WAIT:
                wait = FIRST_WAIT
            self._over.wait(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    def _attend(self, conductor: QueueController) -> None:
        self._spotify = self._server.takes_spotify()
        self._next_check = 0.0
        self._uris()
        conductor.reconnected(self._server.look())
        while not self._over.is_set():
            orders, uris = self._orders, self._uris()
            state = conductor.turn(orders, self._server.look(), uris)
            self._say(self._completed(state), conductor)
            self._wake.wait(TURN)
            self._wake.clear()
        conductor.hand_over(self._server.look())

    def _completed(self, state: PlayerState) -> PlayerState:
        """Whoever was given nothing yet wants something, if there is anything to be had."""
        needs_tracks = state.needs_tracks or self._orders.wish is None
        playable = self._library.playable
        if self._spotify or (playable is not None and playable.known):
            return replace(state, needs_tracks=needs_tracks)
        error = state.error or (f"{self._server.name}: {playable}" if playable else "")
        return replace(state, needs_tracks=False, error=error)

    def _say(self, state: PlayerState, conductor: QueueController) -> None:
        self._report = (state, conductor.applied)

    def _uris(self) -> Mapping[str, str]:
        """What the server calls the tracks it has; its songs are listed anew if they changed."""
        if self._spotify:
            return Everything()
        if self._rematch or time.monotonic() >= self._next_check:
            self._refresh()
            self._next_check = time.monotonic() + self._server.recheck
        playable = self._library.playable
        return {} if playable is None else playable.uris

    def _refresh(self) -> None:
        version = self._server.version()
        with Catalog.open(self.catalog) as catalog:
            if not version or version != self._library.version:
                songs = self._until_over(self._server.songs(self._library.songs))
                self._library.renew(version, songs, catalog)
            else:
                self._library.match_if_other(catalog)
        self._rematch = False

    def _until_over(self, songs: Iterable[Song]) -> Iterator[Song]:
        for song in songs:
            if self._over.is_set():
                raise MoodpiError("the run ends")
            yield song
