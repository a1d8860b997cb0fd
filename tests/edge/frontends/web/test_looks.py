"""How the page looks in Debian's Chromium: widths, colours, motion, contrast and size."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.frontends.web.static_files import STATIC
from tests.edge.frontends.web.browser_page import opened, wait_for_result

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.system
expect = playwright.expect
PHONE = {"width": 390, "height": 844}
SMALLEST = {"width": 320, "height": 568}
MAX_BYTES = 80_000


@pytest.mark.parametrize("size", [SMALLEST, PHONE], ids=["320 px", "390 px"])
def test_nothing_is_wider_than_a_phone(browser, server, portrait: Path, size) -> None:
    with opened(browser, server.url, viewport=size, has_touch=True, is_mobile=True) as page:
        for view in ("photo", "compare", "live"):
            page.goto(f"{server.url}/#{view}")
            assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
        page.set_input_files("#choose", portrait)
        wait_for_result(page)
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]


@pytest.mark.parametrize("view", ["photo", "live", "compare"])
@pytest.mark.parametrize("width", [320, 390, 1180])
def test_nothing_moves_while_the_page_loads(browser, server, view: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    context.add_init_script(
        """window.moved = [];
        new PerformanceObserver((list) => window.moved.push(...list.getEntries()
            .map(({ sources }) => sources.map(({ node }) => node?.id))))
            .observe({ type: "layout-shift", buffered: true });"""
    )
    page = context.new_page()
    page.goto(f"{server.url}/#{view}")
    page.wait_for_selector("body.ready")
    page.wait_for_timeout(300)
    assert page.evaluate("window.moved") == []
    context.close()


def test_the_page_follows_the_colour_scheme(browser, server) -> None:
    brightness = """() => getComputedStyle(document.body).backgroundColor
        .match(/[0-9.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3"""
    with opened(browser, server.url, color_scheme="dark") as page:
        assert page.evaluate(brightness) < 60
    with opened(browser, server.url, color_scheme="light") as page:
        assert page.evaluate(brightness) > 200


def test_reduced_motion_disables_animations(browser, server, portrait: Path) -> None:
    with opened(browser, server.url, reduced_motion="reduce") as page:
        page.set_input_files("#choose", portrait)
        wait_for_result(page)
        assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(browser, server, two_faces: Path, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with opened(browser, server.url, color_scheme=scheme, reduced_motion="reduce") as page:
        for view in ("live", "compare", "photo"):
            page.goto(f"{server.url}/#{view}")
            page.wait_for_timeout(200)
            assert axe.run(page).response["violations"] == []
        page.set_input_files("#choose", two_faces)
        wait_for_result(page)
        assert axe.run(page).response["violations"] == []
        page.get_by_role("link", name="Compare").click()
        expect(page.locator("#compare-lead")).to_contain_text("the same face")
        assert axe.run(page).response["violations"] == []


def test_the_page_is_small() -> None:
    files = [path for path in STATIC.iterdir() if path.suffix in {".html", ".css", ".js", ".svg"}]
    assert len(files) > 5
    assert sum(path.stat().st_size for path in files) < MAX_BYTES
