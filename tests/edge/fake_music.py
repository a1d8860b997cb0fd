"""Made-up tracks, a selector of them and a player that records its calls."""

from __future__ import annotations

from catalog.store import Track
from edge.config.settings import PlayerSettings
from edge.music.recommendation import Recommendation, RecommendedTrack
from edge.players import Player, PlayerState
from moodpi.errors import MoodpiError


def track(track_id: str) -> Track:
    return Track(
        rowid=int(track_id),
        id=track_id,
        title=f"Song {int(track_id)}",
        artist="The Made-ups",
        album=None,
        valence=0.1,
        arousal=0.2,
        artist_id=int(track_id),
        year=None,
        genre=None,
        popularity=None,
        explicit=None,
        duration=None,
    )


class FakeSelector:
    """Selects five of twelve equal tracks, the next five with every call."""

    strategy = "match"

    def __init__(self, error: MoodpiError | None = None) -> None:
        self.error = error
        self.selected = self.attempts = 0
        self.listed: list[str] = []
        self.heard: list[tuple[str, str]] = []
        self.banned: set[str] = set()

    def set_list(self, tracks):
        self.listed = [track.track.id for track in tracks]

    def add_heard(self, tracks, emotion):
        self.heard += [(track.track.id, emotion) for track in tracks]

    def bans(self):
        return lambda track: track.id in self.banned

    def verdicts(self):
        return lambda track: "ban" if track.id in self.banned else None

    def select(self, affect):
        self.attempts += 1
        if self.error:
            raise self.error
        numbers = [(self.selected + position) % 12 for position in range(5)]
        self.selected += 5
        tracks = tuple(
            RecommendedTrack(track(f"{n:022}"), f"fits {affect.emotion}") for n in numbers
        )
        return Recommendation(affect.valence, affect.arousal, "match", tracks, affect.emotion)


class RecordingPlayer(Player):
    """Records its calls and the ids of the played tracks. `error` is raised by `play`."""

    def __init__(
        self, error: MoodpiError | None = None, settings: PlayerSettings | None = None
    ) -> None:
        super().__init__(settings or PlayerSettings())
        self.error = error
        self.current_state = PlayerState()
        self.closed = False
        self.played: list[list[str]] = []
        self.calls: list[str] = []

    def play(self, recommendation: Recommendation, *, interrupt: bool = False) -> None:
        if self.error:
            raise self.error
        self.calls.append("play, interrupt" if interrupt else "play")
        self.played.append([track.track.id for track in recommendation.tracks])

    def pause(self) -> None:
        self.calls.append("pause")

    def resume(self, *, requested: bool = False) -> None:
        self.calls.append("resume, requested" if requested else "resume")

    def remove(self, ids: frozenset[str]) -> None:
        if ids:
            self.calls.append("remove")

    def state(self) -> PlayerState:
        return self.current_state

    def close(self) -> None:
        self.closed = True
