"""Debian's Chromium, for pictures of the page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import sync_playwright

from moodpi.errors import MoodpiError


@contextmanager
def chromium() -> Iterator[Any]:
    """The browser, until the block ends. Raises MoodpiError without one."""
    path = shutil.which("chromium")
    if path is None:
        raise MoodpiError("chromium is not installed: apt install chromium")
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
