"""The page behind a real nginx, in Debian's Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from tests.edge.footage import portrait_film
from tests.edge.frontends.web.browser_page import opened
from tests.edge.frontends.web.conftest import serving
from tests.edge.frontends.web.nginx import Nginx, needs_nginx
from tests.edge.frontends.web.test_access import token_of
from tests.edge.running_daemon import RunningDaemon
from tests.waiting import wait_for

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = [pytest.mark.system, needs_nginx]
expect = playwright.expect

HEADERS = (
    "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; "
    "proxy_set_header X-Forwarded-Proto $scheme; "
)
HOST = "proxy_set_header Host $http_host; "


def location(path: str, target: str, *directives: str) -> str:
    """A location of nginx that passes requests on."""
    return f"location {path} {{ proxy_pass {target}; {' '.join((*directives, HEADERS))} }}"


# The path of the page in the browser, its settings, and the location for its address.
SITES: dict[str, tuple[str, str, Callable[[str], str]]] = {
    "at the root": ("", "", lambda page: location("/", page, HOST)),
    "below a path that nginx removes": (
        "/moodpi",
        "",
        lambda page: location(
            "/moodpi/", f"{page}/", HOST, "proxy_set_header X-Forwarded-Prefix /moodpi;"
        ),
    ),
    "below a path that nginx keeps": (
        "/home/moodpi",
        'root = "/home/moodpi"\n',
        lambda page: location("/home/moodpi", page, HOST),
    ),
}


def configured(folder: Path, settings: str = "") -> tuple[str, str]:
    """The options for a page that trusts a proxy on this machine."""
    path = folder / "moodpi.toml"
    path.write_text(f'[web]\ntrusted_proxies = ["127.0.0.1"]\n{settings}')
    return "--config", str(path)


def recommend(page: Any, portrait: Path) -> None:
    page.set_input_files("#choose", portrait)
    page.wait_for_selector("#tracks li")


@pytest.mark.parametrize("site", SITES)
def test_the_page_works(browser: Any, tmp_path: Path, portrait: Path, site: str) -> None:
    path, settings, location_of = SITES[site]
    nginx = Nginx(tmp_path)
    with (
        serving(tmp_path, *configured(tmp_path, settings)) as served,
        nginx.serving(location_of(served.url)),
        opened(browser, f"{nginx.url}{path}/login#{token_of(served)}") as page,
    ):
        recommend(page, portrait)
        page.click("a[href='#live']")
        page.wait_for_selector("#offline:not([hidden])")
        assert page.url == f"{nginx.url}{path}/#live"
        (cookie,) = page.context.cookies()
        assert cookie["path"] == f"{path}/"


def test_without_the_host_the_error_names_the_setting(browser: Any, tmp_path: Path) -> None:
    nginx = Nginx(tmp_path)
    with (
        serving(tmp_path, *configured(tmp_path)) as served,
        nginx.serving(location("/", served.url)),
        closing(browser.new_context()) as context,
    ):
        page = context.new_page()
        page.goto(f"{nginx.url}/login#{token_of(served)}")
        page.wait_for_selector("text=web.origins")
        refusal = page.locator("body").inner_text()
        assert nginx.url in refusal
        assert served.url.removeprefix("http://") in refusal


def test_without_the_host_a_configured_origin_is_accepted(
    browser: Any, tmp_path: Path, portrait: Path
) -> None:
    nginx = Nginx(tmp_path)
    settings = f'origins = ["{nginx.url}"]\n'
    with (
        serving(tmp_path, *configured(tmp_path, settings)) as served,
        nginx.serving(location("/", served.url)),
        opened(browser, f"{nginx.url}/login#{token_of(served)}") as page,
    ):
        recommend(page, portrait)


def test_the_page_says_why_there_is_no_answer(browser: Any, tmp_path: Path, portrait: Path) -> None:
    nginx = Nginx(tmp_path)
    with closing(browser.new_context()) as context, ExitStack() as moodpi:
        served = moodpi.enter_context(serving(tmp_path, *configured(tmp_path)))
        with nginx.serving(location("/", served.url, HOST)):
            page = context.new_page()
            page.goto(f"{nginx.url}/login#{token_of(served)}")
            recommend(page, portrait)
            page.evaluate("navigator.serviceWorker.ready.then(() => true)")
            moodpi.close()  # nginx answers with 502
            page.locator(".like").first.click()
            expect(page.get_by_role("alert")).to_contain_text("No response from moodpi.")
            page.set_input_files("#choose", portrait)
            expect(page.locator("#error")).to_contain_text("No response from moodpi")
            page.goto(f"{nginx.url}/#live")
            page.reload()
            title = page.locator("#offline-title")
            expect(title).to_have_text("moodpi isn't running.")
            served.state.joinpath("web-token").unlink()
            port = served.url.rpartition(":")[2]
            with serving(tmp_path, *configured(tmp_path), "--port", port):
                expect(title).to_have_text("Signed out")
                expect(page.locator("#offline-why")).to_contain_text("Reload the page to sign in.")
                page.reload()
                expect(page.get_by_label("Token")).to_be_visible()


@pytest.mark.parametrize("is_allowed", [True, False])
def test_a_dashboard_shows_the_page_in_a_frame(
    browser: Any, tmp_path: Path, portrait: Path, is_allowed: bool
) -> None:
    dashboard = Nginx(tmp_path)
    settings = f'origins = ["{dashboard.url}"]\n' if is_allowed else ""
    with serving(tmp_path, *configured(tmp_path, settings)) as served:
        # The same site as the dashboard: over HTTP, browsers send no cookie to another one.
        framed = served.url.replace("127.0.0.1", "localhost")
        html = f"<iframe width=900 height=900 src={framed}/login#{token_of(served)}></iframe>"
        with (
            dashboard.serving(f"location / {{ default_type text/html; return 200 '{html}'; }}"),
            closing(browser.new_context()) as context,
        ):
            page = context.new_page()
            page.goto(dashboard.url)
            frame = page.frames[1]
            if is_allowed:
                frame.wait_for_selector("body.ready")
                recommend(frame, portrait)
            else:
                page.wait_for_load_state("networkidle")
                assert frame.url.startswith("chrome-error:")


@pytest.mark.parametrize("root", ["", "/moodpi"])
def test_the_link_of_the_preview_works_over_https(
    tmp_path: Path, portrait: Path, certificate: tuple[Path, Path], root: str
) -> None:
    httpx = pytest.importorskip("httpx")
    film = portrait_film(tmp_path / "film.avi", portrait, 900, 10.0)
    nginx = Nginx(tmp_path, *certificate)
    page = f'[web]\nenabled = true\nport = 0\ntrusted_proxies = ["127.0.0.1"]\nroot = "{root}"\n'
    settings = f'{page}origins = ["{nginx.url}"]\n[privacy]\npreview = true\n'
    daemon = RunningDaemon(tmp_path / "home", str(film), settings, ["--realtime"])
    daemon.start()
    try:
        wait_for(lambda: "moodpi is at" in daemon.log.read_text(), "the page")
        (port,) = re.findall(r"moodpi is at \S+:(\d+)", daemon.log.read_text())
        with nginx.serving(location(f"{root}/", f"http://127.0.0.1:{port}", HOST)):
            code, output, errors = daemon.run_command("look", "--preview", "--once", "--json")
            assert code == 0, errors
            start, _, token = json.loads(output.splitlines()[0])["link"].partition("preview#")
            assert start == f"{nginx.url}{root}/"
            assert "preview.js" in httpx.get(f"{start}preview", verify=False).text
            request = {"url": f"{start}api/preview", "json": {"token": token}, "verify": False}
            with httpx.stream("POST", **request) as stream:
                assert json.loads(next(stream.iter_lines()))["jpeg"]
            assert httpx.post(**request).json()["code"] == "wrong_link"
    finally:
        daemon.stop()
