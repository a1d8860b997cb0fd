"""The README's pictures of the page, taken anew by `make test-long` so that they stay true."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from tests.edge.frontends.web.made_up_hour import made_up_hour

DOCS = Path(__file__).resolve().parents[4] / "docs"
# Name: width, height, light or dark, with an answer or before it.
SHOTS = {"page": (1180, 900, "light", True), "page-phone": (390, 700, "dark", False)}
MOST_BYTES = 600_000


@pytest.mark.long
@pytest.mark.parametrize("name", SHOTS)
def test_the_readmes_pictures_show_the_page_as_it_is(
    browser, server, portrait: Path, name: str
) -> None:
    width, height, scheme, with_answer = SHOTS[name]
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
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
    page.close()
    _keep(shot, name, width)


@pytest.mark.long
@pytest.mark.parametrize(("name", "width", "scheme"), [("room", 1180, "light")])
def test_the_readmes_picture_shows_the_room_as_it_is(
    browser, moodpi, tmp_path: Path, name: str, width: int, scheme: str
) -> None:
    said = moodpi("recommend", "--emotion", "happy", "--seed", 1, "--json").stdout
    with made_up_hour(tmp_path, json.loads(said)["tracks"]) as address:
        page = browser.new_page(
            viewport={"width": width, "height": 740},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        page.goto(f"{address}/#live")
        page.wait_for_selector("#room-tracks .track")
        shot = page.screenshot(full_page=True)
        page.close()
    _keep(shot, name, width)


def _keep(shot: bytes, name: str, width: int) -> None:
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    path = DOCS / f"{name}.png"
    image.save(path, optimize=True)
    assert Image.open(path).width == width
    assert path.stat().st_size < MOST_BYTES


def _seeded(route) -> str:
    return route.request.url + "&seed=1"
