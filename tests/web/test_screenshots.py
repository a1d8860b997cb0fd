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
# Name: width, height, light or dark, with an answer or before it.
SHOTS = {"page": (1180, 900, "light", True), "page-phone": (390, 700, "dark", False)}
MOST_BYTES = 600_000


@pytest.mark.long
@pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")
@pytest.mark.parametrize("name", SHOTS)
def test_the_readmes_pictures_show_the_page_as_it_is(server, portrait: Path, name: str) -> None:
    width, height, scheme, with_answer = SHOTS[name]
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
        if with_answer:
            page.set_input_files("#choose", portrait)
            page.wait_for_selector("#tracks .track")
        page.wait_for_timeout(300)
        shot = page.screenshot(full_page=with_answer)
        browser.close()
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    path = DOCS / f"{name}.png"
    image.save(path, optimize=True)
    assert Image.open(path).width == width
    assert path.stat().st_size < MOST_BYTES


def _seeded(route) -> str:
    return route.request.url + "&seed=1"
