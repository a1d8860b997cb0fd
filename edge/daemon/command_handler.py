"""Executes the commands that the control server receives, in the main loop."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from catalog.reloading import ReloadingCatalog
from edge.daemon.loop import Daemon
from edge.daemon.status import Answer, Request
from edge.music.profile.feedback import record_feedback
from edge.music.profile.store import ProfileStore, Verdict
from edge.music.profile.summary import summarize_profile
from moodpi.errors import UsageError


@dataclass(frozen=True)
class CommandHandler:
    """Executes each command of edge.daemon.commands.

    listener: the file with the history and feedback, which `feedback` and `taste` use.
    """

    daemon: Daemon
    catalog: ReloadingCatalog
    listener: Path

    def answer(self, request: Request) -> Answer:
        """The answer to a valid request. Raises MoodpiError if the command fails."""
        match request:
            case {"command": "feedback", **arguments}:
                return self._feedback(**arguments)
            case {"command": "taste", **arguments}:
                return summarize_profile(self.listener, arguments.get("forget") or []).to_json()
            case _:
                return self.daemon.answer(request)

    def _feedback(
        self,
        verdict: str,
        track: str | None = None,
        artist: str | None = None,
        subject: str | None = None,
    ) -> Answer:
        """Record the feedback; a skipped or banned track also stops playing."""
        if track is not None and artist is not None:
            raise UsageError("expected a track or an artist, not both", code="invalid_argument")
        playing = self.daemon.heard
        if track is None and playing is not None:
            track = playing.track.id
        with ProfileStore.open(self.listener) as store:
            result = record_feedback(
                store,
                self.catalog.current(),
                Verdict(verdict),
                track if artist is None else artist,
                artist=artist is not None or subject == "artist",
            )
        if verdict != Verdict.LIKE:
            self.daemon.drop(result.covers)
        return result.to_json()
