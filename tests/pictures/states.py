"""Photographs every state of the page into build/states/, to be looked at.

`python -m tests.pictures.states` takes two minutes. Each state is brought about by a real server,
daemon and player; each is taken on two phones, a tablet and a desktop, in both colour schemes.
"""

from __future__ import annotations

import os
import re
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2

from tests.conftest import ROOT
from tests.edge.frontends.web.conftest import serving
from tests.edge.portrait_camera import FakePerson, portrait_camera
from tests.pictures.chromium import chromium
from tests.pictures.live_run import PORTRAIT, live_run, write_songs

STATES = ROOT / "build" / "states"
TOUCH = {"has_touch": True, "is_mobile": True}
# A picture of more than the window has no touch, so that the windows of phones are tall.
SCREENS: dict[str, dict[str, Any]] = {
    "320": {"viewport": {"width": 320, "height": 1900}, **TOUCH},
    "390": {"viewport": {"width": 390, "height": 1900}, **TOUCH},
    "768": {"viewport": {"width": 768, "height": 1900}, **TOUCH},
    "1280": {"viewport": {"width": 1280, "height": 800}},
}
SCHEMES = ("light", "dark")
# How long the server runs at a time while a picture of its comparison is awaited, in seconds.
PULSE = 0.005
# The belief in a mood that ends is below `leave` until that in the next one is above `enter`.
UNSURE_MOODS = "[mood]\nenter = 0.99\nleave = 0.985\nrefractory = 0\nunsure_timeout = 600\n"


def main() -> None:
    """Take all states on all screens."""
    STATES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        with _pages(browser) as pages:
            _photo_states(folder, pages)
        with _pages(browser) as pages:
            _live_states(folder, pages)


@contextmanager
def _pages(browser: Any) -> Iterator[dict[str, Any]]:
    """A page for each screen."""
    pages = {
        name: browser.new_page(reduced_motion="reduce", **options)
        for name, options in SCREENS.items()
    }
    yield pages
    for page in pages.values():
        page.close()


def _wait_for(page: Any, text: str) -> None:
    """Wait until a page shows the text."""
    page.get_by_text(text).locator("visible=true").first.wait_for()


def _take(pages: dict[str, Any], state: str, text: str) -> None:
    """Take a picture on each screen, once it shows the text."""
    for screen, page in pages.items():
        _wait_for(page, text)
        page.wait_for_timeout(300)
        full_page = not SCREENS[screen].get("has_touch")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=STATES / f"{state}-{screen}-{scheme}.png", full_page=full_page)


def _stop_amid_comparison(page: Any, server: int) -> None:
    """Stop the server's process when it has sent some rows; it needs milliseconds for each."""
    while re.match(r"[3-9]\d* of", page.text_content("#compare-lead")) is None:
        os.kill(server, signal.SIGCONT)
        time.sleep(PULSE)
        os.kill(server, signal.SIGSTOP)
        page.wait_for_timeout(50)


def _photo_states(folder: Path, pages: dict[str, Any]) -> None:
    helmet = folder / "helmet.png"
    cv2.imwrite(str(helmet), cv2.imread(str(PORTRAIT))[200:])
    with serving(folder) as server:
        for page in pages.values():
            page.goto(server.url)
        _take(pages, "photo-start", "Choose a photo")
        for page in pages.values():
            page.set_input_files("#choose", helmet)
        _take(pages, "photo-failed", "No face found")
        for page in pages.values():
            page.set_input_files("#choose", PORTRAIT)
        _take(pages, "photo-result", "You look happy.")
        for page in pages.values():
            page.locator(".ban").first.click()
            page.locator(".like").last.click()
            page.locator(".track.skipped").wait_for()
        _take(pages, "photo-banned", "You look happy.")
        for screen, page in pages.items():
            page.get_by_role("link", name="Compare").click()
            _stop_amid_comparison(page, server.process.pid)
            _take({screen: page}, "compare-working", " of ")
            os.kill(server.process.pid, signal.SIGCONT)
        _take(pages, "compare-done", "the same face")
    for page in pages.values():
        page.get_by_role("link", name="Photo").click()
        page.set_input_files("#choose", PORTRAIT)
    _take(pages, "photo-unreachable", "No response from moodpi")


def _live_states(folder: Path, pages: dict[str, Any]) -> None:
    (folder / "person").mkdir()
    person = FakePerson(folder / "person", PORTRAIT)
    person.leave()
    music = write_songs(folder)
    with (
        portrait_camera(person.picture) as camera,
        live_run(folder / "home", camera, music, UNSURE_MOODS) as (url, daemon),
    ):
        for page in pages.values():
            page.goto(f"{url}/#live")
        _take(pages, "live-nobody", "No songs yet")
        person.smile()
        _take(pages, "live-happy", "Playing")
        daemon.status("pause")
        _take(pages, "live-paused", "Resume plays again.")
        daemon.status("resume")
        daemon.status("ban")
        _take(pages, "live-banned", "Playing")
        person.frown()
        for page in pages.values():
            _wait_for(page, "Unsure since")
        # The belief in the next mood rises while the pictures are taken.
        daemon.process.send_signal(signal.SIGSTOP)
        _take(pages, "live-unsure", "Unsure since")
        daemon.process.send_signal(signal.SIGCONT)
        _take(pages, "live-next", "plays to its end")
    _take(pages, "live-asleep", "moodpi isn't running.")


if __name__ == "__main__":
    main()
