"""The files of systemd/, in a checkout or in share/ of an installed wheel."""

from __future__ import annotations

import sysconfig
from pathlib import Path

from moodpi.errors import MoodpiError

CHECKOUT = Path(__file__).resolve().parents[3] / "systemd"
INSTALLED = Path(sysconfig.get_path("data")) / "share" / "moodpi"


def shipped_file(name: str) -> str:
    """The content of a file of systemd/."""
    for folder in (CHECKOUT, INSTALLED):
        if (folder / name).is_file():
            return (folder / name).read_text(encoding="utf-8")
    raise MoodpiError(
        f"{name} is neither in {CHECKOUT} nor in {INSTALLED}: reinstall moodpi", code="no_such_file"
    )
