"""The page in a browser while its server does not run: a service worker shows it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.frontends.web import static_files
from edge.frontends.web.static_files import SERVICE_WORKER, STATIC, load_static_files
from tests.conftest import ROOT
from tests.edge.frontends.web.conftest import serving
from tests.waiting import wait_for

playwright = pytest.importorskip("playwright.sync_api")

expect = playwright.expect
KEPT = """async () => {
    const found = [];
    for (const name of await caches.keys())
        for (const request of await (await caches.open(name)).keys()) found.push(request.url);
    return found;
}"""


@pytest.fixture
def context(browser) -> Iterator[Any]:
    context = browser.new_context()
    yield context
    context.close()


def open_and_keep(context, url: str) -> Any:
    """The page, after the browser has kept its files."""
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("body.ready")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


@pytest.mark.system
def test_the_page_is_shown_without_its_server_and_returns_with_it(
    context, tmp_path: Path, portrait: Path
) -> None:
    with serving(tmp_path) as server:
        page = open_and_keep(context, server.url)
        page.set_input_files("#choose", portrait)
        expect(page.locator("#tracks .track")).to_have_count(5)
        kept = page.evaluate(KEPT)
    assert f"{server.url}/" in kept
    files = [one.removeprefix(f"{server.url}/") for one in kept]
    assert [file for file in files if file and not (STATIC / Path(file).name).is_file()] == []
    page.reload()
    expect(page.locator("#offline-title")).to_have_text("moodpi isn't running.")
    expect(page.locator("#offline-why")).to_contain_text("This page reconnects automatically.")
    with serving(tmp_path, "--port", server.url.rpartition(":")[2]):
        expect(page.get_by_text("Choose a photo")).to_be_visible()
        page.set_input_files("#choose", portrait)
        expect(page.locator("#mood")).to_have_text("You look happy.")


@pytest.mark.system
def test_an_update_replaces_the_kept_files_and_no_others(context, tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        page = open_and_keep(context, server.url)
        (before,) = page.evaluate("caches.keys()")
        page.evaluate("caches.open('of another program')")
    updated = tmp_path / "updated"
    shutil.copytree(ROOT / "edge", updated / "edge")
    for package in ("catalog", "models", "moodpi"):
        (updated / package).symlink_to(ROOT / package)
    index = updated / "edge/frontends/web/static/index.html"
    index.write_text(index.read_text().replace("Choose a photo", "Choose one photo"))
    port = server.url.rpartition(":")[2]
    with serving(tmp_path, "--port", port, PYTHONPATH=str(updated)):
        page.reload()
        expect(page.get_by_text("Choose one photo")).to_be_visible()
        wait_for(lambda: before not in page.evaluate("caches.keys()"), "the update")
        assert "of another program" in page.evaluate("caches.keys()")
        assert len(page.evaluate("caches.keys()")) == 2
    page.reload()
    expect(page.locator("#offline-title")).to_have_text("moodpi isn't running.")
    assert "Choose one photo" in page.content()


def test_the_version_changes_with_each_file(monkeypatch, tmp_path: Path) -> None:
    def worker() -> Any:
        return load_static_files()[SERVICE_WORKER].content

    for file in STATIC.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    before = worker()
    monkeypatch.setattr(static_files, "STATIC", tmp_path)
    assert worker() == before
    for name in ("index.html", "page.css", "icon.svg"):
        (tmp_path / name).write_bytes((tmp_path / name).read_bytes() + b" ")
        assert worker() != before
        before = worker()
