"""Where requests at the control socket are answered, in the main loop."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edge.control.server import Answer, Request
from edge.current_catalog import CurrentCatalog
from edge.daemon import Daemon
from edge.listener.judging import judge


@dataclass(frozen=True)
class Desk:
    """Words on tracks are noted in the listener's file; all else is the daemon's."""

    daemon: Daemon
    catalog: CurrentCatalog
    listener: Path

    def answer(self, request: Request) -> Answer:
        """MoodpiError where it cannot be done."""
        if request["command"] != "judge":
            return self.daemon.answer(request)
        track, artist = (request.get(key) and str(request[key]) for key in ("track", "artist"))
        verdict = str(request.get("verdict"))
        return {"noted": judge(verdict, track, artist, self.catalog.catalog(), self.listener)}
