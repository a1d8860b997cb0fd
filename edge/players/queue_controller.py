"""The manners of a player on a server that belongs to somebody."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from edge.config.settings import PlayerSettings
from edge.music.recommendation import RecommendedTrack
from edge.players.player import PlayerState
from edge.players.saved_server_state import SavedServerState
from edge.players.server import Entry, Queue, Server, Sound
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# Whose tracks all end within this has no sound, in seconds.
HASTE = 2.0


@dataclass(frozen=True, eq=False)
class PlayRequest:
    """Tracks to be played instead of what is left of the last; interrupt: not after the current."""

    tracks: tuple[RecommendedTrack, ...]
    interrupt: bool = False


@dataclass(frozen=True)
class PlayerIntent:
    """What the main loop wants, all of it at every turn.

    silent: pause. asked: how often somebody has asked for music by themselves. unwanted: ids of
    tracks that must not be heard any more.
    """

    wish: PlayRequest | None = None
    silent: bool = False
    asked: int = 0
    unwanted: frozenset[str] = frozenset()


class QueueController:
    """Follows the orders as far as the server's owner lets it, turn by turn.

    A queue with entries that are not moodpi's is its owner's: it is left alone, or with take_over
    saved as a playlist first. What the owner pauses or stops stays so until they go on.
    """

    def __init__(
        self, server: Server, settings: PlayerSettings, hand_back: SavedServerState
    ) -> None:
        self.applied: PlayRequest | None = None
        self._server = server
        self._settings = settings
        self._hand_back = hand_back
        # moodpi's entries by their uri; None for those of before a crash, and of a song taken over.
        self._ours: dict[str, RecommendedTrack | None] = dict.fromkeys(hand_back.uris)
        self._left: tuple[RecommendedTrack, ...] = ()
        self._again: PlayRequest | None = None
        self._sound = Sound.STOP
        self._paused_externally = False
        self._silent = False
        self._paused = False
        self._asked = 0
        self._dry = False
        self._started = 0.0

    def reconnected(self, queue: Queue) -> None:
        """The server may be another than before: what was not heard yet is to be played again."""
        self._sound = queue.sound
        self._silent = False
        heard = queue.sound is not Sound.STOP and not queue.fails
        goes_on = heard and queue.entry and queue.entry.uri in self._ours
        if self.applied is not None and not goes_on:
            self._again = PlayRequest(self._left or self.applied.tracks, interrupt=True)

    def turn(self, orders: PlayerIntent, queue: Queue, uris: Mapping[str, str]) -> PlayerState:
        """Do what is to be done now. uris: what the server calls the tracks it has, by their id."""
        pending = orders.wish if orders.wish is not self.applied else self._again
        if foreign := self._foreign(queue):
            wanted = pending is not None and not orders.silent and queue.sound is not Sound.PAUSE
            if not (wanted and self._settings.take_over):
                return self._stand_aside(orders, foreign)
            self._take_over(queue)
        self._notice_owner(queue)
        self._heed_silence(orders, queue)
        self._drop(orders.unwanted, queue)
        if pending is not None and self._may_play(pending):
            self._play(pending, queue, uris)
            self.applied, self._again = orders.wish, None
            queue = self._server.look()
        return self._report(queue)

    def hand_over(self, queue: Queue) -> None:
        """Moodpi ends: its entries go, and the server is set as it was."""
        if not self._foreign(queue) and self._hand_back.before is not None:
            self._server.remove(queue.entries)
        self._let_go()

    def _foreign(self, queue: Queue) -> list[Entry]:
        return [entry for entry in queue.entries if entry.uri not in self._ours]

    def _may_play(self, wish: PlayRequest) -> bool:
        """Whoever asks for other tracks also wants to hear them."""
        if wish is not self._again and wish.interrupt:
            self._paused_externally = False
        return not self._silent and not self._paused_externally

    def _stand_aside(self, orders: PlayerIntent, foreign: list[Entry]) -> PlayerState:
        self._let_go()
        self._silent, self._paused, self._paused_externally = orders.silent, False, False
        said = f"{len(foreign)} songs in the queue of {self._server.name} are not moodpi's"
        return PlayerState(error=f"{said}: clear it, or set player.take_over")

    def _let_go(self) -> None:
        if self._hand_back.before is not None:
            self._server.restore(self._hand_back.before)
            self._hand_back.forget()
        self._ours.clear()

    def _take_over(self, queue: Queue) -> None:
        name = f"before moodpi {datetime.now():%Y-%m-%d %H.%M.%S}"
        self._server.save(name)
        log.info("the queue of %s is kept as the playlist '%s'", self._server.name, name)
        self._ours.update(dict.fromkeys(entry.uri for entry in queue.entries))
        self._paused_externally = False
        self._sound = queue.sound

    def _notice_owner(self, queue: Queue) -> None:
        """Whoever pauses, stops or goes on at the server itself is applied."""
        if queue.sound is Sound.PLAY:
            self._paused_externally = self._paused = False
        elif self._sound is Sound.PLAY and queue.entry is not None and not queue.fails:
            self._paused_externally = True
        self._sound = queue.sound

    def _heed_silence(self, orders: PlayerIntent, queue: Queue) -> None:
        if orders.silent and not self._silent and queue.sound is Sound.PLAY:
            self._pause(paused=True)
        elif self._silent and not orders.silent and self._paused and queue.sound is Sound.PAUSE:
            self._pause(paused=False)
        self._silent = orders.silent
        if orders.asked != self._asked and not orders.silent:
            self._asked = orders.asked
            self._paused_externally = False
            if queue.entry is not None and queue.sound is Sound.PAUSE:
                self._pause(paused=False)
            elif queue.entry is not None and queue.sound is Sound.STOP:
                self._start(queue.entry)

    def _drop(self, unwanted: frozenset[str], queue: Queue) -> None:
        """Take what must not be heard out of the queue; if it is heard, the next one is."""
        gone = [e for e in queue.entries if (c := self._ours.get(e.uri)) and c.track.id in unwanted]
        if not gone:
            return
        if queue.entry in gone and queue.sound is Sound.PLAY:
            following = [entry for entry in queue.following if entry not in gone]
            self._dry = not following
            if following:
                self._start(following[0])
        self._server.remove(gone)

    def _play(self, wish: PlayRequest, queue: Queue, uris: Mapping[str, str]) -> None:
        tracks = [c for c in wish.tracks if c.track.id in uris]
        self._left = tuple(tracks)
        # The library has changed since they were chosen: others are wanted.
        self._dry = not tracks
        if not tracks:
            return
        playing = queue.sound is Sound.PLAY and not wish.interrupt
        stays = queue.entry if playing and self._settings.change == "after_track" else None
        mine = {uris[choice.track.id]: choice for choice in tracks}
        kept = {stays.uri: self._ours.get(stays.uri)} if stays else {}
        self._take_charge({*mine, *kept})
        entries = self._server.append(list(mine))
        if not entries:
            raise MoodpiError(f"{self._server.name} takes none of the tracks it has said to have")
        self._ours = {**kept, **mine}
        self._server.remove([entry for entry in queue.entries if entry != stays])
        if stays is None:
            self._start(entries[0])

    def _take_charge(self, uris: set[str]) -> None:
        before = self._hand_back.before
        if before is None:
            before = self._server.prepare(self._settings.crossfade)
        self._hand_back.keep(before, uris)

    def _start(self, entry: Entry) -> None:
        self._server.start(entry)
        self._sound = Sound.PLAY
        self._paused_externally = self._paused = False
        self._started = time.monotonic()

    def _pause(self, *, paused: bool) -> None:
        self._server.pause(paused=paused)
        self._sound = Sound.PAUSE if paused else Sound.PLAY
        self._paused = paused

    def _report(self, queue: Queue) -> PlayerState:
        # Connected anew it is tried again, for a sound card may come back as a server does.
        if queue.fails and not self._silent:
            raise MoodpiError(f"{self._server.name} cannot play: {queue.error}")
        heard = self._ours.get(queue.entry.uri) if queue.entry else None
        if heard in self._left:
            self._left = self._left[self._left.index(heard) + 1 :]
        if queue.ended and not self._paused_externally and time.monotonic() - self._started < HASTE:
            raise MoodpiError(f"the tracks end as soon as {self._server.name} begins them")
        last = queue.entry is not None and queue.sound is Sound.PLAY and not queue.following
        ran_out = self.applied is not None and bool(self._ours) and (last or queue.ended)
        playing = None if queue.sound is Sound.STOP else heard
        return PlayerState(
            playing, needs_tracks=ran_out or self._dry, paused_externally=self._paused_externally
        )
