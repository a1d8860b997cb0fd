"""Plays music for the mood, and pauses it when there is a reason to."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from catalog.store import Catalog, Track
from edge.clock import Clock
from edge.daemon.playback_state import PlaybackState, PlaybackStateMachine, Trigger
from edge.daemon.requested_tracks import requested_tracks
from edge.daemon.track_list import TrackList
from edge.events import Event, PlayingEvent, TracksEvent
from edge.mood.affect import Affect
from edge.mood.tracker import Mood
from edge.music.recommendation import Recommendation, RecommendedTrack
from edge.music.selector import TrackSelector
from edge.players import Player, PlayerState
from edge.system.log_once import LogOnce
from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)

# The delay after a failed selection of tracks. A new mood does not wait for it. In seconds.
RETRY_DELAY = 60.0
# How often the bans of other processes and the stars of the server are read, in seconds.
BAN_CHECK_INTERVAL = 1.0


class PlaybackController:
    """Selects tracks for the mood and controls the player. Used only in the main loop.

    Attributes:
        selector: Selects the tracks. It can be replaced at any time.

    Args:
        report: Called with every event.
    """

    def __init__(
        self,
        selector: TrackSelector,
        player: Player,
        clock: Clock,
        report: Callable[[Event], None],
    ) -> None:
        self.selector = selector
        self._player = player
        self._machine = PlaybackStateMachine(player.settings, clock)
        self._clock = clock
        self._report = report
        self._mood: Mood | None = None
        # The emotion for which the current tracks were selected.
        self._tracks_emotion: str | None = None
        self._list = TrackList()
        self._heard: Sequence[RecommendedTrack] = ()
        self._next_selection = self._next_ban_check = 0.0
        self._player_state = PlayerState()
        self._warnings = LogOnce(log)
        self._selection_warnings = LogOnce(log)

    def __enter__(self) -> PlaybackController:
        self._player.open()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._player.close()

    @property
    def state(self) -> PlaybackState:
        """The state of playback."""
        return self._machine.state

    @property
    def has_tracks(self) -> bool:
        """Whether tracks were selected for the current mood."""
        return self._tracks_emotion is not None

    @property
    def playing_track(self) -> RecommendedTrack | None:
        """The track that is playing, if the player reports it."""
        return self._player_state.playing

    @property
    def ratings(self) -> dict[str, str]:
        """The verdicts on tracks of the last list and on the playing one, by id."""
        verdict = self.selector.verdicts()
        known = self._list.with_playing(self.playing_track)
        rated = {one.track.id: verdict(one.track) for one in known}
        return {track_id: rating for track_id, rating in sorted(rated.items()) if rating}

    @property
    def player_error(self) -> str:
        """Why the player cannot play; empty without an error."""
        return self._player_state.error

    @property
    def pause_reason(self) -> str:
        """Why no music plays; empty while it may play."""
        at_player = "Paused at the player" if self._player_state.paused_externally else ""
        return self._machine.reason or at_player

    def person_seen(self) -> None:
        """A person is in view."""
        self._machine.person_seen()

    def person_left(self) -> None:
        """Nobody is in view any more, so the mood is unknown.

        The next person gets new tracks even for the same emotion, unless music still plays.
        """
        self._mood = None
        if self._player_state.playing is None:
            self._tracks_emotion = None

    def on_mood(self, mood: Mood) -> None:
        """The mood changed: select and play tracks for it."""
        self._mood = mood
        self._next_selection = 0.0
        self._play_for_mood()

    def follow_mood(self, mood: Mood) -> None:
        """The mood is the same with other numbers: the next selection of tracks uses them."""
        self._mood = mood

    def tick(self) -> None:
        """Pause or resume the music as conditions change, and select more tracks when needed."""
        self._update_state()
        if self._clock.monotonic() >= self._next_ban_check:
            self._next_ban_check = self._clock.monotonic() + BAN_CHECK_INTERVAL
            self._exchange_stars()
            self.exclude(self.selector.bans())
        self._update_player_state()

    def _exchange_stars(self) -> None:
        """Take the stars of the player's server as likes, and the likes as stars."""
        stars = self._player.stars()
        if stars is not None:
            self._player.star(self.selector.exchange_stars(stars))

    def _update_player_state(self) -> None:
        """Report, log and store what has changed at the player; select tracks if it needs some."""
        previous, current = self._player_state, self._player.state()
        self._player_state = current
        self._store_heard(current)
        if current.playing is not previous.playing:
            self._report(PlayingEvent(self._clock.timestamp(), current.playing))
        if current.error:
            self._warnings.warning("player: %s", current.error)
        elif previous.error:
            self._warnings.reset()
            if current.playing is not None:
                log.info("the player works again")
        if current.needs_tracks and not previous.needs_tracks:
            # The last selection may have failed because the player's songs were not known yet.
            self._next_selection = 0.0
        if current.needs_tracks and self._clock.monotonic() >= self._next_selection:
            self._tracks_emotion = None
            self._play_for_mood()

    def pause(self) -> None:
        """Pause the music until `resume`."""
        self._update_state(Trigger.PAUSE)

    def resume(self) -> None:
        """Resume the music, even if nobody is in view or another program paused the player."""
        self.person_seen()
        self._update_state(Trigger.RESUME)
        if not self.state.is_silent:
            self._control(lambda: self._player.resume(requested=True))

    def next(self) -> None:
        """Play other tracks for the same mood, immediately.

        Raises MoodpiError without a mood, and while the music is paused.
        """
        self._require_sound()
        if self._mood is None or self._mood.emotion is None:
            raise MoodpiError("no mood yet: there is nothing to select tracks for", code="no_mood")
        self._select_tracks(self._mood, self._mood.emotion, interrupt=True)

    def play_requested(self, ids: Sequence[str], emotion: str, catalog: Catalog) -> None:
        """Play these tracks now, until the mood changes.

        Raises MoodpiError while the music is paused, and as in requested_tracks.
        """
        self._require_sound()
        recommendation = requested_tracks(ids, emotion, catalog, self._player)
        self.selector.set_list(recommendation.tracks)
        mood = self._mood.emotion if self._mood else None
        self._play(recommendation, mood, 1.0, interrupt=True)

    def set_strategy(self, strategy: str) -> None:
        """Select tracks by another strategy until the configuration is read again.

        New tracks for the current mood follow. Raises UsageError for an unknown strategy.
        """
        self.selector.set_strategy(strategy)
        self._tracks_emotion = None
        self._play_for_mood()

    def exclude(self, is_excluded: Callable[[Track], bool]) -> None:
        """Remove tracks from the list and from the player, and skip the current one if excluded."""
        if not self._list.exclude(is_excluded, self.playing_track):
            return
        self._control(lambda: self._player.remove(self._list.excluded))
        if self._list.remove_excluded(self._clock.timestamp()):
            self.selector.set_list(self._list.tracks)
            self._report_list()

    def _update_state(self, *commands: Trigger) -> None:
        """Apply commands and the current conditions; pause or resume the player if needed."""
        previous = self.state
        self._machine.apply(*commands)
        if self.state is previous:
            return
        log.info("%s", self.pause_reason.lower() or "resumed")
        if self.state.is_silent and not previous.is_silent:
            self._control(self._player.pause)
        elif previous.is_silent and not self.state.is_silent:
            self._control(self._player.resume)
            self._play_for_mood()

    def _play_for_mood(self) -> None:
        """Select tracks for the mood unless they play already or playback is silent."""
        mood = self._mood
        # An unsure mood does not change the music, nor does the return to the previous emotion.
        if mood is None or mood.emotion is None or mood.emotion == self._tracks_emotion:
            return
        if not self.state.is_silent:
            self._select_tracks(mood, mood.emotion)

    def _select_tracks(self, mood: Mood, emotion: str, *, interrupt: bool = False) -> None:
        """Select and play tracks. interrupt: stop the current track too."""
        try:
            with error_boundary("the selection of tracks"):
                affect = replace(Affect.from_probabilities(mood.probabilities), emotion=emotion)
                recommendation = self.selector.select(affect)
        except MoodpiError as error:
            self._selection_warnings.warning("no tracks selected: %s", error)
            self._next_selection = self._clock.monotonic() + RETRY_DELAY
            return
        self._selection_warnings.reset()
        self._play(recommendation, emotion, mood.share, interrupt=interrupt)

    def _play(
        self, recommendation: Recommendation, mood: str | None, share: float, *, interrupt: bool
    ) -> None:
        """Play and report a list. mood: The emotion of the person in view meanwhile, if known."""
        self._tracks_emotion = mood
        self._control(lambda: self._player.play(recommendation, interrupt=interrupt))
        now = self._clock.timestamp()
        self._list.begin(TracksEvent(now, share, recommendation))
        # What is printed must be in the history before, in case of a power cut.
        self._store_heard(self._player.state())
        self._report_list()

    def _report_list(self) -> None:
        if self._list.event is not None:
            self._report(self._list.event)

    def _require_sound(self) -> None:
        if self.state.is_silent:
            raise MoodpiError(
                f"no other tracks play now ({self.pause_reason}): `moodpi resume` plays again",
                code="music_paused",
            )

    def _store_heard(self, state: PlayerState) -> None:
        """Add to the history what was heard since the last call."""
        new = [track for track in state.heard if not any(track is old for old in self._heard)]
        if self._list.event is not None:
            self.selector.add_heard(new, self._list.event.recommendation.emotion)
        if state.heard:
            self._heard = state.heard

    def _control(self, action: Callable[[], None]) -> None:
        """Call a method of the player; log its error."""
        try:
            with error_boundary("the player"):
                action()
        except MoodpiError as error:
            log.warning("the player failed: %s", error)
