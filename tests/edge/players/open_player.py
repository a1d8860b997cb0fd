"""An open player with recommendations, and waits for its state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from catalog.own_songs import own_songs_file
from catalog.reloading import ReloadingCatalog
from edge.config.settings import PlayerSettings, RecommendSettings
from edge.mood.affect import Affect
from edge.music.profile import NoHistory, Taste
from edge.music.recommendation import Recommendation
from edge.music.selector import TrackSelector
from edge.players import Player, PlayerState, player_class
from tests.waiting import wait_for

if TYPE_CHECKING:
    from tests.edge.players.server_processes import MpdProcess  # needs python-mpd2

# In seconds.
WAIT_TIMEOUT = 30


class OpenPlayer:
    """A player that is open, and recommendations from the tracks that it can play."""

    def __init__(self, player: Player, catalog: ReloadingCatalog) -> None:
        self.player: Any = player  # a test also reads what only one kind has
        self._catalog = catalog

    @property
    def state(self) -> PlayerState:
        return self.player.state()

    @property
    def title(self) -> str | None:
        """The title of the current track."""
        return self.state.playing.track.title if self.state.playing else None

    def recommend(self, emotion: str, seed: int = 1) -> Recommendation:
        settings = RecommendSettings()
        history = NoHistory(Taste())
        selector = TrackSelector(self._catalog, history, settings, seed, self.player.playable)
        return selector.select(Affect.from_emotion(emotion))

    def play(self, emotion: str, seed: int = 1, *, interrupt: bool = False) -> list[str]:
        """Play a recommendation. Returns its titles."""
        recommendation = self.recommend(emotion, seed)
        self.player.play(recommendation, interrupt=interrupt)
        return [track.track.title for track in recommendation.tracks]

    def wait_for_library(self) -> None:
        """Wait until the player knows its songs."""
        wait_for(
            lambda: self.state.needs_tracks and not self.state.error, "the library", WAIT_TIMEOUT
        )

    def wait_for_title(self, title: str) -> None:
        """Wait until this is the current track."""
        wait_for(lambda: self.title == title, f"'{title}' plays", WAIT_TIMEOUT)

    def wait_until_well(self) -> None:
        """Wait until the player has no error any more."""
        wait_for(lambda: not self.state.error, "the end of the error", WAIT_TIMEOUT)

    def wait_for_updates(self) -> None:
        """Wait for two updates by the player's thread, the second one complete."""
        for _ in range(2):
            self._wait_for_update()

    def _wait_for_update(self) -> None:
        before = self.player._reported
        wait_for(lambda: self.player._reported is not before, "update", WAIT_TIMEOUT)

    def wait_until_stable(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition that can also hold for a moment within an update."""
        wait_for(condition, what, WAIT_TIMEOUT)
        self.wait_for_updates()
        assert condition(), what

    def wait_for_error(self, code: str) -> str:
        """Wait for an error of this code. Returns its message."""
        errors = []

        def occurred() -> bool:
            errors.append(self.state)
            return errors[-1].error_code == code

        wait_for(occurred, f"the error {code}", WAIT_TIMEOUT)
        return errors[-1].error


@contextmanager
def open_player(player: Player | None = None, **settings: Any) -> Iterator[OpenPlayer]:
    """An open player, either the given one or one with the given settings. Closed at the end."""
    if player is None:
        player = player_class(str(settings["kind"]))(PlayerSettings(**settings))
    with ReloadingCatalog(own_songs=own_songs_file()) as catalog:
        player.open()
        try:
            yield OpenPlayer(player, catalog)
        finally:
            player.close()


def open_mpd_player(server: MpdProcess, **settings: Any) -> AbstractContextManager[OpenPlayer]:
    """A player of that server."""
    return open_player(kind="mpd", mpd=server.address, **settings)
