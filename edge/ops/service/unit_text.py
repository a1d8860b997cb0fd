"""Text of systemd's units."""

from __future__ import annotations

import re
from pathlib import Path

from moodpi.errors import UsageError
from moodpi.text import CONTROL, quoted

# With them, a path would end its line or its quotes, and the rest of it would be a directive.
UNSAFE = re.compile(r"[\"'\\]")


def escape_path(path: Path) -> str:
    """The path for a unit, between double quotes; UsageError if it is not absolute or unsafe."""
    text = str(path)
    if not path.is_absolute() or UNSAFE.search(text) or CONTROL.search(text):
        raise UsageError(
            f"{quoted(text)}: expected an absolute path without quotes, backslashes and control "
            "characters: rename the folder, or name a link to it",
            code="unsafe_path",
        )
    return text.replace("%", "%%")
