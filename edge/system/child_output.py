"""The output of a child process."""

from __future__ import annotations

import logging
import re
import threading
from typing import IO

from moodpi.redaction import redact
from moodpi.text import clean_text

# The query of an address can contain a token of any name.
QUERY = re.compile(r"\?[^\s?]*=\S*")

log = logging.getLogger(__name__)

# The longest line that is kept, in bytes, and the characters of it that are shown.
MAX_LINE_BYTES, MAX_SHOWN = 4096, 200


class ChildOutput:
    """Reads a pipe from a child until its end, so that it never fills, and keeps the last line.

    Every line is logged at level DEBUG. name: the child's name there.
    """

    def __init__(self, name: str, pipe: IO[bytes]) -> None:
        self.last_line = ""
        self._name = name
        self._pipe = pipe
        self._thread = threading.Thread(target=self._read, name=f"output-{name}", daemon=True)
        self._thread.start()

    def wait(self, timeout: float) -> None:
        """Wait for the last line of a child that has ended, in seconds at most."""
        self._thread.join(timeout)

    def reason(self) -> str:
        """The last line as the end of a message: `: last line`, or nothing without one."""
        return f": {self.last_line}" if self.last_line else ""

    def _read(self) -> None:
        with self._pipe:
            while line := self._pipe.readline(MAX_LINE_BYTES):
                text = clean_text(redact(line.decode(errors="replace")), MAX_SHOWN)
                text = QUERY.sub("?***", text)
                if text:
                    self.last_line = text
                    log.debug("%s: %s", self._name, text)
