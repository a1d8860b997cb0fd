"""A folder whose name native code misreads, for the tests of commands."""

from __future__ import annotations

import os
from pathlib import Path

# No UTF-8, a protocol, a conversion of printf, an escaped URL, options and an anchor of one, a
# forged line, quotes and separators, a formula.
HOSTILE_FOLDER = os.fsdecode(b"M\xfcsik: 12%03d%41?base64#x\nmoodpi: 'a' \"b\" \\ | * &;,= $^$ ")


def make_hostile_folder(parent: Path) -> Path:
    folder = parent / HOSTILE_FOLDER
    folder.mkdir()
    return folder
