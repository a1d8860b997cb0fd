"""A disk that is full for one file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest


def fill_disk(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let write_atomic fail with ENOSPC at the file `name`; skips where there is no /dev/full."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    open_file = os.open

    def open_or_full(path: Any, flags: int, *mode: int) -> int:
        if Path(path).name.startswith(f"{name}."):
            Path(path).write_bytes(b"")
            return open_file(full, os.O_WRONLY)
        return open_file(path, flags, *mode)

    monkeypatch.setattr(os, "open", open_or_full)
