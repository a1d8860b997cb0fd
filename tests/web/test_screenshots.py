"""The README's pictures of the page, taken anew by `make test-long` so that they stay true."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium")
DOCS = Path(__file__).resolve().parents[2] / "docs"
# Name: width, height, light or dark.
SHOTS = {"page": (1180, 900, "light"), "page-phone": (390, 844, "dark")}
COLOURS = 128
MOST_BYTES = 200_000


@pytest.mark.long
@pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")
@pytest.mark.parametrize("name", SHOTS)
def test_the_readmes_pictures_show_the_page_as_it_is(server, portrait: Path, name: str) -> None:
    width, height, scheme = SHOTS[name]
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        # The same songs each time.
        page.route("**/api/recommend?*", lambda route: route.continue_(url=_seeded(route)))
        page.goto(server.url)
        page.wait_for_selector("body.ready")
        page.set_input_files("#choose", portrait)
        page.wait_for_selector("#tracks .track")
        page.wait_for_timeout(300)
        shot = page.screenshot(full_page=name == "page")
        browser.close()
    image = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS)
    path = DOCS / f"{name}.png"
    image.save(path, optimize=True)
    assert Image.open(path).width == width
    assert path.stat().st_size < MOST_BYTES


def _seeded(route) -> str:
    return route.request.url + "&seed=1"
