"""A player at work: what it is given, and what is waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from catalog.reloading import ReloadingCatalog
from edge.config.settings import PlayerSettings, RecommendSettings
from edge.mood.affect import Affect
from edge.music.profile import Taste, TasteAlone
from edge.music.recommendation import Recommendation
from edge.music.selection import TrackSelector
from edge.players import Player, PlayerState, find_player
from tests.waiting import wait_for

SOON = 30


class Stage:
    """A player that is open, and tracks for it."""

    def __init__(self, player: Player, catalog: ReloadingCatalog) -> None:
        self.player = player
        self._catalog = catalog

    @property
    def state(self) -> PlayerState:
        return self.player.state()

    def choose(self, emotion: str, seed: int = 1) -> Recommendation:
        settings = RecommendSettings()
        nobody = TasteAlone(Taste())
        selection = TrackSelector(self._catalog, nobody, settings, seed, self.player.playable)
        return selection.choose(Affect.from_emotion(emotion))

    def known(self) -> None:
        """Until it is known what can be played."""
        wait_for(lambda: self.state.needs_tracks and not self.state.error, "the songs", SOON)

    def play(self, emotion: str, seed: int = 1, *, interrupt: bool = False) -> list[str]:
        """Give it a list; the titles."""
        chosen = self.choose(emotion, seed)
        self.player.play(chosen, interrupt=interrupt)
        return [choice.track.title for choice in chosen.tracks]

    def hears(self, title: str) -> None:
        """Until that is heard."""
        wait_for(lambda: self.title == title, f"'{title}' is heard", SOON)

    @property
    def title(self) -> str | None:
        return self.state.playing.track.title if self.state.playing else None

    def turns(self) -> None:
        """Until the thread has looked at its orders and the server twice more."""
        for _ in range(2):
            before = self.player._report
            wait_for(lambda before=before: self.player._report is not before, "a turn", SOON)

    def comes_to(self, holds: Callable[[], bool], what: str) -> None:
        """Until that holds for good: in the middle of a turn it may for a moment."""
        wait_for(holds, what, SOON)
        self.turns()
        assert holds(), what

    def trouble(self, said: str) -> None:
        """Until it says so."""
        wait_for(lambda: said in self.state.error, f"'{said}' is said", SOON)


@contextmanager
def stage(**settings: object) -> Iterator[Stage]:
    """One player of the given settings, until the end of the block."""
    player = find_player(str(settings["kind"]))(PlayerSettings(**settings))
    with ReloadingCatalog() as catalog:
        player.open()
        try:
            yield Stage(player, catalog)
        finally:
            player.close()
