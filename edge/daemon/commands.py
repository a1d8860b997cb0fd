"""Where requests at the control socket are answered, in the main loop."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from catalog.reloading import ReloadingCatalog
from edge.daemon.loop import Daemon
from edge.daemon.status import Answer, Request
from edge.music.profile.feedback import judge
from edge.music.profile.store import ListenerStore, Verdict
from edge.music.profile.summary import FORGETTABLE, summary_after
from moodpi.errors import UsageError, did_you_mean


@dataclass(frozen=True)
class CommandHandler:
    """Words on tracks, and taste, are the listener's file's; all else is the daemon's."""

    daemon: Daemon
    catalog: ReloadingCatalog
    listener: Path

    def answer(self, request: Request) -> Answer:
        """MoodpiError where it cannot be done."""
        match request["command"]:
            case "judge":
                return self._judge(request)
            case "taste":
                return self._taste(request)
            case _:
                return self.daemon.answer(request)

    def _taste(self, request: Request) -> Answer:
        forget = request.get("forget", [])
        if not isinstance(forget, list):
            raise UsageError(f"forget = {forget}: expected a list of {', '.join(FORGETTABLE)}")
        return summary_after(self.listener, forget).to_json()

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
