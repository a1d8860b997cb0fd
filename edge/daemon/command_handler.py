"""Executes the commands that the control server receives, in the main loop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from catalog.reloading import ReloadingCatalog
from edge.daemon.playback import PlaybackController
from edge.daemon.resting_face_keeper import RestingFaceKeeper
from edge.daemon.status import Answer, DaemonStatus, Request
from edge.music.profile.feedback import record_feedback
from edge.music.profile.store import ProfileStore, Verdict
from edge.music.profile.summary import summarize_profile


class RequestQueue(ABC):
    """Requests from other threads, valid by edge.daemon.commands, that await their answers."""

    @abstractmethod
    def answer_pending(self, answer: Callable[[Request], Answer]) -> None:
        """Answer every pending request, without blocking.

        answer: Returns the answer to one request, or raises MoodpiError.
        """


@dataclass(frozen=True)
class CommandHandler:
    """Executes each command of edge.daemon.commands.

    profile: The file with the history and feedback, which `feedback` and `taste` use.
    """

    requests: RequestQueue
    catalog: ReloadingCatalog
    profile: Path

    def answer_pending(
        self,
        playback: PlaybackController,
        resting_face: RestingFaceKeeper | None,
        status: Callable[[], DaemonStatus],
    ) -> None:
        """Execute every pending command and answer it."""
        self.requests.answer_pending(
            lambda request: self.execute(request, playback, resting_face, status)
        )

    def execute(
        self,
        request: Request,
        playback: PlaybackController,
        resting_face: RestingFaceKeeper | None,
        status: Callable[[], DaemonStatus],
    ) -> Answer:
        """Execute one command. Raises MoodpiError if it fails."""
        match request:
            case {"command": "feedback", **arguments}:
                return self._record_feedback(playback, **arguments)
            case {"command": "taste", **arguments}:
                return summarize_profile(self.profile, arguments.get("forget") or []).to_json()
            case {"command": "calibrate", **arguments} if resting_face is not None:
                resting_face.execute(arguments.get("action") or "start")
            case {"command": "play", "tracks": tracks, "emotion": emotion}:
                playback.play_requested(tracks.split(","), emotion, self.catalog.current())
            case _:
                _control_playback(request, playback)
        return status().to_json()

    def _record_feedback(
        self,
        playback: PlaybackController,
        *,
        verdict: str,
        track: str | None = None,
        artist: str | None = None,
        subject: str | None = None,
    ) -> Answer:
        """Record feedback; skipped and banned tracks also leave the player's queue."""
        playing = playback.playing_track
        if track is None and artist is None and playing is not None:
            track = playing.track.id
        with ProfileStore.open(self.profile) as store:
            result = record_feedback(
                store,
                self.catalog.current(),
                Verdict(verdict),
                track=track,
                artist=artist,
                subject=subject or "track",
            )
        if verdict != Verdict.LIKE:
            playback.exclude(result.covers)
        return result.to_json()


def _control_playback(request: Request, playback: PlaybackController) -> None:
    """Execute a command that changes only what is playing. Raises MoodpiError if it fails."""
    match request:
        case {"command": "pause"}:
            playback.pause()
        case {"command": "resume"}:
            playback.resume()
        case {"command": "next"}:
            playback.next()
        case {"command": "strategy", "strategy": strategy}:
            playback.set_strategy(strategy)
