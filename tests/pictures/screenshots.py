"""Takes docs/page.png, docs/page-phone.png and docs/page-live.png in Debian's Chromium.

`python -m tests.pictures.screenshots`. The live view shows a sample hour, with texts as moodpi
prints them.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from moodpi.errors import MoodpiError
from moodpi.files import write_atomic
from tests.conftest import ROOT
from tests.edge.frontends.web.conftest import serving
from tests.pictures.sample_hour import sample_hour

PORTRAIT = ROOT / "tests" / "data" / "eileen_collins.jpg"
DESKTOP = {"width": 1180, "height": 900}
PHONE = {"width": 390, "height": 700}
MAX_BYTES = 600_000


def main() -> None:
    """Take all three."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise MoodpiError("chromium is not installed: apt install chromium")
    with sync_playwright() as engine, tempfile.TemporaryDirectory() as folder:
        browser = engine.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with serving(Path(folder)) as server:
            _write("page", _photo_view(browser, server.url))
            _write("page-phone", _phone_view(browser, server.url))
        with sample_hour(Path(folder), _tracks()) as url:
            _write("page-live", _live_view(browser, url))
        browser.close()


def _photo_view(browser: Any, url: str) -> bytes:
    page = _open(browser, DESKTOP, "light")
    # The same tracks each time.
    page.route(
        "**/api/recommend?*", lambda route: route.continue_(url=route.request.url + "&seed=1")
    )
    page.goto(url)
    page.wait_for_selector("body.ready")
    page.set_input_files("#choose", PORTRAIT)
    page.wait_for_selector("#tracks .track")
    return _screenshot(page, full_page=True)


def _phone_view(browser: Any, url: str) -> bytes:
    page = _open(browser, PHONE, "dark")
    page.goto(url)
    page.wait_for_selector("body.ready")
    return _screenshot(page, full_page=False)


def _live_view(browser: Any, url: str) -> bytes:
    page = _open(browser, {**DESKTOP, "height": 740}, "light")
    page.goto(f"{url}/#live")
    page.wait_for_selector("#live-tracks .track")
    return _screenshot(page, full_page=True)


def _open(browser: Any, viewport: dict[str, int], colour_scheme: str) -> Any:
    return browser.new_page(viewport=viewport, color_scheme=colour_scheme, reduced_motion="reduce")


def _screenshot(page: Any, *, full_page: bool) -> bytes:
    page.wait_for_timeout(300)
    content: bytes = page.screenshot(full_page=full_page)
    page.close()
    return content


def _write(name: str, screenshot: bytes) -> None:
    stream = io.BytesIO()
    Image.open(io.BytesIO(screenshot)).convert("RGB").save(stream, "PNG", optimize=True)
    assert stream.tell() < MAX_BYTES
    write_atomic({ROOT / "docs" / f"{name}.png": stream.getvalue()})


def _tracks() -> list[dict[str, Any]]:
    """The tracks that `moodpi recommend` prints for happy."""
    command = [sys.executable, "-m", "moodpi", "recommend", "--emotion", "happy", "--seed", "1"]
    printed = subprocess.run([*command, "--json"], capture_output=True, check=True, text=True)
    tracks: list[dict[str, Any]] = json.loads(printed.stdout)["tracks"]
    return tracks


if __name__ == "__main__":
    main()
