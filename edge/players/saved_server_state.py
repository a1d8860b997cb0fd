"""The state of a music server before moodpi changed it.

It is saved on disk. After a crash or a power cut moodpi recognizes its own queue entries and can
restore the options of the server.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from edge.music.library.library import checked_uri
from edge.system.log_once import LogOnce
from moodpi.errors import MoodpiError
from moodpi.files import read_json_state
from moodpi.paths import state_folder
from moodpi.private_files import write_private
from moodpi.text import MAX_NAME_LENGTH, checked_text, quoted

log = logging.getLogger(__name__)

FILE = "server-state.json"
# The name of the file in version 0.1.0. It held the options under the key "before".
LEGACY_FILE = "hand-back.json"
MAX_FILE_BYTES = 10_000_000
# The options of a server that moodpi changes and restores, with the form of their values.
SWITCH = re.compile("[01]")
SWITCH_OR_ONCE = re.compile("[01]|oneshot")
SECONDS = re.compile("[0-9]{1,5}")
OPTIONS: Mapping[str, re.Pattern[str]] = {
    "random": SWITCH,
    "repeat": SWITCH,
    "single": SWITCH_OR_ONCE,
    "consume": SWITCH_OR_ONCE,
    "xfade": SECONDS,
}


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
        if not path.exists() and self._legacy_path.exists():
            path = self._legacy_path
        read_json_state(path, MAX_FILE_BYTES, self._parse)

    def _parse(self, saved: Any) -> None:
        """Use the content of a file, after all of it was checked. Raises for any other content.

        Options are sent to the server as commands.
        """
        if saved["server"] != self._server_name:
            return
        options = saved["options"] if "options" in saved else saved["before"]
        for name, value in options.items():
            if not OPTIONS[name].fullmatch(checked_text(value, MAX_NAME_LENGTH)):
                raise ValueError(f"{name} = {quoted(value)}: expected {OPTIONS[name].pattern}")
        uris = frozenset(map(checked_uri, saved["uris"]))
        self.options, self.uris = options, uris

    def save(self, options: Mapping[str, str], uris: Iterable[str]) -> None:
        """Save the previous options of the server and the URIs of moodpi's entries."""
        self.options, self.uris = options, frozenset(uris)
        saved = {
            "server": self._server_name,
            "options": dict(options),
            "uris": sorted(self.uris),
        }
        try:
            write_private({self._path: json.dumps(saved).encode()})
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
