"""What is given back to a server when moodpi lets go of it, kept on disk: after a kill or a power
cut moodpi's own queue must not look like its owner's.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

from moodpi.errors import MoodpiError
from moodpi.files import quarantine, write_atomic
from moodpi.paths import state_folder

log = logging.getLogger(__name__)

FILE = "hand-back.json"


def hand_back_file() -> Path:
    """Where it is kept for the user who runs this."""
    return state_folder() / FILE


class SavedServerState:
    """server: its name; what the file holds of another is not taken.

    before: how the server was set, None while moodpi is not in charge. uris: of moodpi's entries.
    """

    def __init__(self, path: Path, server: str) -> None:
        self.before: Mapping[str, str] | None = None
        self.uris: frozenset[str] = frozenset()
        self._path = path
        self._server = server

    def recall(self) -> None:
        """Take what was kept; a damaged file is set aside."""
        try:
            kept = json.loads(self._path.read_bytes())
            if kept["server"] == self._server:
                self.before = {str(k): str(v) for k, v in kept["before"].items()}
                self.uris = frozenset(map(str, kept["uris"]))
        except FileNotFoundError:
            return
        except OSError as error:
            log.warning("cannot read %s: %s", self._path, error.strerror)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            quarantine(self._path, error)

    def keep(self, before: Mapping[str, str], uris: Iterable[str]) -> None:
        """In charge, with these entries."""
        self.before, self.uris = before, frozenset(uris)
        kept = {"server": self._server, "before": dict(before), "uris": sorted(self.uris)}
        try:
            write_atomic({self._path: json.dumps(kept, ensure_ascii=False).encode()})
        except MoodpiError as error:
            log.warning("a crash would leave %s as moodpi set it: %s", self._server, error)

    def forget(self) -> None:
        """Handed back."""
        self.before, self.uris = None, frozenset()
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("cannot delete %s: %s", self._path, error.strerror)
