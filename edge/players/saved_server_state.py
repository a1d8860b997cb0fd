"""The state of a music server before moodpi changed it.

It is saved on disk. After a crash or a power cut moodpi recognises its own queue entries and can
restore the options of the server.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

from edge.system.log_once import LogOnce
from moodpi.errors import MoodpiError
from moodpi.files import quarantine, write_atomic
from moodpi.paths import state_folder

log = logging.getLogger(__name__)

FILE = "server-state.json"
# The name of the file in version 0.1.0. It held the options under the key "before".
LEGACY_FILE = "hand-back.json"


def server_state_file() -> Path:
    """Path of the file in the user's state folder."""
    return state_folder() / FILE


class SavedServerState:
    """The saved state of one server.

    Attributes:
        options: The server's options before moodpi changed them. None while moodpi does not
            control the queue.
        uris: The URIs of moodpi's entries.
    """

    def __init__(self, path: Path, server_name: str) -> None:
        self.options: Mapping[str, str] | None = None
        self.uris: frozenset[str] = frozenset()
        self._path = path
        self._legacy_path = path.with_name(LEGACY_FILE)
        self._server_name = server_name
        self._warnings = LogOnce(log)

    def load(self) -> None:
        """Load the file. The state of another server is ignored, a damaged file is quarantined."""
        path = self._path
        try:
            if not path.exists() and self._legacy_path.exists():
                path = self._legacy_path
            saved = json.loads(path.read_bytes())
            if saved["server"] == self._server_name:
                options = saved["options"] if "options" in saved else saved["before"]
                self.options = {str(key): str(value) for key, value in options.items()}
                self.uris = frozenset(map(str, saved["uris"]))
        except FileNotFoundError:
            return
        except OSError as error:
            log.warning("cannot read %s: %s", path, error.strerror)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            quarantine(path, error)

    def save(self, options: Mapping[str, str], uris: Iterable[str]) -> None:
        """Save the previous options of the server and the URIs of moodpi's entries."""
        self.options, self.uris = options, frozenset(uris)
        saved = {
            "server": self._server_name,
            "options": dict(options),
            "uris": sorted(self.uris),
        }
        try:
            write_atomic({self._path: json.dumps(saved, ensure_ascii=False).encode()})
        except MoodpiError as error:
            self._warnings.warning(
                "cannot save the state of %s, a crash would leave its options changed: %s",
                self._server_name,
                error,
            )
        else:
            self._warnings.reset()

    def clear(self) -> None:
        """Delete the file, after the server was released."""
        self.options, self.uris = None, frozenset()
        # Until here, version 0.1.0 needs its file to restore the options after a rollback.
        for path in (self._legacy_path, self._path):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                log.warning("cannot delete %s: %s", path, error.strerror)
