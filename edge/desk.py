"""Where requests at the control socket are answered, in the main loop."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edge.control.server import Answer, Request
from edge.current_catalog import CurrentCatalog
from edge.daemon import Daemon
from edge.listener.feedback import judge
from edge.listener.store import ListenerStore, Verdict
from moodpi.errors import UsageError, did_you_mean


@dataclass(frozen=True)
class Desk:
    """Words on tracks are noted in the listener's file; all else is the daemon's."""

    daemon: Daemon
    catalog: CurrentCatalog
    listener: Path

    def answer(self, request: Request) -> Answer:
        """MoodpiError where it cannot be done."""
        return (
            self._judge(request) if request["command"] == "judge" else self.daemon.answer(request)
        )

    def _judge(self, request: Request) -> Answer:
        """On what is meant, or on what is heard; what is not liked is heard no more."""
        verdict, track = str(request.get("verdict")), request.get("track")
        if verdict not in list(Verdict):
            raise UsageError(f"verdict: {did_you_mean(verdict, [*Verdict])}")
        if not isinstance(track, str | None):
            raise UsageError(f"track = {track}: expected a text, or null for what is heard")
        heard = self.daemon.heard
        if track is None and heard is not None:
            track = heard.track.id
        said, artist = Verdict(verdict), request.get("artist") is True
        with ListenerStore.open(self.listener) as store:
            noted = judge(store, self.catalog.catalog(), said, track, artist=artist)
        if said is not Verdict.LIKE:
            self.daemon.drop(noted.means)
        return noted.to_json()
