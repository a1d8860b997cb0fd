"""Takes docs/page*.png in Debian's Chromium.

`python -m tests.pictures.screenshots` takes two minutes. moodpi, its player and the page are real;
the face is the bundled portrait, in the live view the film of tests/pictures/live_run.py.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from moodpi.files import write_atomic
from tests.conftest import ROOT
from tests.edge.frontends.web.conftest import serving
from tests.pictures.chromium import chromium
from tests.pictures.live_run import FILM_MOODS, PORTRAIT, live_run, write_film, write_songs

DESKTOP = {"width": 1180, "height": 900}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "color_scheme": "dark",
}
MAX_BYTES = 600_000


def main() -> None:
    """Take all of them."""
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        with serving(folder) as server:
            _take(browser, "page", server.url, _choose_photo, viewport=DESKTOP)
            _take(browser, "page-phone", server.url, lambda _page: None, **PHONE)
            _take(browser, "page-compare", server.url, _compare, viewport=DESKTOP)
        film, music = write_film(folder), write_songs(folder)
        with live_run(folder / "home", str(film), music, options=["--realtime"]) as (url, _):
            _take(browser, "page-live", f"{url}/#live", _watch_film, viewport=DESKTOP)


def _choose_photo(page: Any) -> None:
    # The same tracks each time.
    page.route(
        "**/api/recommend?*", lambda route: route.continue_(url=route.request.url + "&seed=1")
    )
    page.set_input_files("#choose", PORTRAIT)
    page.wait_for_selector("#tracks .track")


def _compare(page: Any) -> None:
    _choose_photo(page)
    page.get_by_role("link", name="Compare").click()
    page.get_by_text("the same face").wait_for()


def _watch_film(page: Any) -> None:
    """Wait until the history has every mood of the film."""
    # Each mood is in both panels.
    last = page.locator("#history .segment").nth(2 * FILM_MOODS - 1)
    last.wait_for(state="attached", timeout=120_000)
    page.wait_for_timeout(4000)


def _take(
    browser: Any, name: str, url: str, prepare: Callable[[Any], None], **options: Any
) -> None:
    """Write docs/NAME.png: the page after `prepare`, in a context with these options."""
    page = browser.new_page(reduced_motion="reduce", **options)
    page.goto(url)
    page.wait_for_selector("body.ready")
    prepare(page)
    page.wait_for_timeout(300)
    screenshot = page.screenshot(full_page="is_mobile" not in options)
    page.close()
    stream = io.BytesIO()
    Image.open(io.BytesIO(screenshot)).convert("RGB").save(stream, "PNG", optimize=True)
    assert stream.tell() < MAX_BYTES
    write_atomic({ROOT / "docs" / f"{name}.png": stream.getvalue()})


if __name__ == "__main__":
    main()
