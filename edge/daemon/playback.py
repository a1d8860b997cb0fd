"""What should be heard: tracks for the mood, unless there is a reason to be silent."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from catalog.store import Track
from edge.clock import Clock
from edge.daemon.quiet_hours import QuietHours
from edge.events import Event, PlayingEvent, TracksEvent
from edge.mood.affect import Affect
from edge.mood.tracker import Mood
from edge.music.recommendation import RecommendedTrack
from edge.music.selector import TrackSelector
from edge.players import Player, PlayerState
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# After a choice that failed, none is tried for so long unless the mood changes, in seconds.
CHOICE_PAUSE = 60.0


class PlaybackController:
    """Chooses tracks and hands them to the player; all in the main loop.

    say: told of every event. paused: somebody asked for no music until they ask for it again.
    """

    def __init__(
        self,
        selection: TrackSelector,
        player: Player,
        clock: Clock,
        say: Callable[[Event], None],
    ) -> None:
        self.paused = False
        self._selection = selection
        self._player = player
        self._pause_after = player.settings.pause_after
        self._quiet = QuietHours.of(player.settings.quiet_hours)
        self._clock = clock
        self._say = say
        self._mood: Mood | None = None
        self._given_for: str | None = None
        self._tracks: Sequence[RecommendedTrack] = ()
        self._last_seen = clock.seconds()
        self._next_choice = 0.0
        self._state = PlayerState()
        self._silence = ""

    def __enter__(self) -> PlaybackController:
        self._player.open()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._player.close()

    @property
    def given(self) -> bool:
        """Whether tracks were given for the mood there is."""
        return self._given_for is not None

    def take(self, selection: TrackSelector) -> None:
        """Choose by this from now on."""
        self._selection = selection

    def seen(self) -> None:
        """Somebody is there now."""
        self._last_seen = self._clock.seconds()

    def part(self) -> None:
        """Nobody is there any more. Whoever comes next gets tracks of their own, even for the same
        mood, unless they come back to music that goes on.
        """
        self._mood = None
        if self._state.playing is None:
            self._given_for = None

    def follow(self, mood: Mood) -> None:
        """The mood is another."""
        self._mood = mood
        self._next_choice = 0.0
        self._play_mood()

    def turn(self) -> None:
        """At every turn of the main loop: silence begins and ends, and the music goes on."""
        self._keep_silence()
        state = self._player.state()
        if state.playing is not self._state.playing:
            self._say(PlayingEvent(self._clock.moment(), state.playing))
        if state.error and state.error != self._state.error:
            log.warning("the player: %s", state.error)
        elif self._state.error and not state.error:
            log.info("the player is well again")
        if state.needs_tracks and not self._state.needs_tracks:
            # What a choice failed for may be there now: its songs are known, say.
            self._next_choice = 0.0
        self._state = state
        if state.needs_tracks and self._clock.seconds() >= self._next_choice:
            self._given_for = None
            self._play_mood()

    def pause(self) -> None:
        """Silence until `resume`."""
        self.paused = True
        self._keep_silence()

    def resume(self) -> None:
        """Music again, also where it was paused at the player itself or nobody is seen."""
        self.paused = False
        self.seen()
        self._keep_silence()
        if not self._silence:
            self._order(lambda: self._player.resume(requested=True))

    def next(self) -> None:
        """Other tracks for the same mood, at once; MoodpiError while there is none."""
        if self._mood is None or self._mood.emotion is None:
            raise MoodpiError("there is no mood yet to choose tracks for")
        self._choose(self._mood, self._mood.emotion, interrupt=True)

    def choose_by(self, strategy: str) -> None:
        """Another strategy, until the configuration is read again; tracks by it for the mood there
        is. Raises UsageError for an unknown one.
        """
        self._selection.set_strategy(strategy)
        self._given_for = None
        self._play_mood()

    @property
    def heard(self) -> RecommendedTrack | None:
        """The track that is heard, where the player knows."""
        return self._state.playing

    def drop(self, unwanted: Callable[[Track], bool]) -> None:
        """None of these tracks is to be heard any more."""
        there = {*self._tracks, *([self.heard] if self.heard else [])}
        ids = frozenset(choice.track.id for choice in there if unwanted(choice.track))
        self._order(lambda: self._player.remove(ids))

    @property
    def pause_reason(self) -> str:
        """Why no music plays; empty while it may play."""
        return self._silence or ("Paused at the player" if self._state.paused_externally else "")

    @property
    def strategy(self) -> str:
        """The strategy that chooses tracks."""
        return self._selection.strategy

    @property
    def player_error(self) -> str:
        """Why the player cannot play; empty without an error."""
        return self._state.error

    def _keep_silence(self) -> None:
        silence = self._reason_for_silence()
        if silence and not self._silence:
            log.info("%s: music paused", silence)
            self._order(self._player.pause)
        elif self._silence and not silence:
            self._order(self._player.resume)
        ended = self._silence and not silence
        self._silence = silence
        if ended:
            self._play_mood()

    def _reason_for_silence(self) -> str:
        """In words; empty where there is none. A camera that is lost sees nobody."""
        if self.paused:
            return "Paused"
        if until := self._quiet.until(time.localtime()):
            return f"Quiet until {until}"
        alone = self._clock.seconds() - self._last_seen
        return "Nobody in view" if 0 < self._pause_after <= alone else ""

    def _play_mood(self) -> None:
        """Tracks for the mood, unless they are playing or it should be silent."""
        mood = self._mood
        # Unsure, and back from unsure to what was playing already, leaves the music alone.
        if mood is None or mood.emotion is None or mood.emotion == self._given_for:
            return
        if not self._silence:
            self._choose(mood, mood.emotion)

    def _choose(self, mood: Mood, emotion: str, *, interrupt: bool = False) -> None:
        try:
            chosen = self._selection.select(Affect.from_probabilities(mood.probabilities))
        except MoodpiError as error:
            log.warning("no tracks this time: %s", error)
            self._next_choice = self._clock.seconds() + CHOICE_PAUSE
            return
        self._given_for = emotion
        self._tracks = chosen.tracks
        self._say(TracksEvent(self._clock.moment(), emotion, mood.confidence, chosen))
        self._order(lambda: self._player.play(chosen, interrupt=interrupt))

    def _order(self, order: Callable[[], None]) -> None:
        try:
            order()
        except MoodpiError as error:
            log.warning("the player failed: %s", error)
