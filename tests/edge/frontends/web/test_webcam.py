"""The camera button of a computer, in Chromium with a fake camera that shows the portrait."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import cv2
import pytest

from tests.edge.frontends.web.browser_page import opened
from tests.edge.frontends.web.conftest import serving
from tests.edge.frontends.web.nginx import Nginx, needs_nginx
from tests.edge.frontends.web.test_access import token_of
from tests.edge.frontends.web.test_nginx import HOST, configured, location

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.system
expect = playwright.expect
FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module")
def camera_browser(browser, portrait: Path, tmp_path_factory) -> Iterator[Any]:
    film = tmp_path_factory.mktemp("camera") / "portrait.mjpeg"
    picture = cv2.resize(cv2.imread(str(portrait))[:384], (640, 480))
    film.write_bytes(cv2.imencode(".jpg", picture)[1].tobytes() * 5)
    # Service workers need a certificate that the browser trusts.
    trust = "--ignore-certificate-errors"
    fake = [*FAKE_CAMERA, f"--use-file-for-fake-video-capture={film}", trust]
    started = browser.browser_type.launch(
        executable_path=shutil.which("chromium"), args=["--no-sandbox", *fake]
    )
    yield started
    started.close()


def count_tracks(page) -> None:
    """Keep every track of a camera that the page asks for in `window.tracks`."""
    page.evaluate(
        """() => {
            const original = MediaDevices.prototype.getUserMedia;
            window.tracks = [];
            MediaDevices.prototype.getUserMedia = async function (constraints) {
                const stream = await original.call(this, constraints);
                window.tracks.push(...stream.getTracks());
                return stream;
            };
        }"""
    )


def test_one_picture_is_taken_and_the_camera_is_switched_off(camera_browser, server) -> None:
    with opened(camera_browser, server.url) as page:
        count_tracks(page)
        with page.expect_request("**/api/recommend?*") as sent:
            page.get_by_role("button", name="Use the camera").click()
        assert sent.value.headers["content-type"] == "image/jpeg"
        expect(page.locator("#mood")).to_have_text(re.compile(r"You look \w+\."))
        expect(page.locator("#tracks .track")).to_have_count(5)
        states = page.evaluate("window.tracks.map((track) => [track.kind, track.readyState])")
        assert states == [["video", "ended"]]


def test_a_refused_camera_shows_an_error(browser, server) -> None:
    started = browser.browser_type.launch(
        executable_path=shutil.which("chromium"),
        args=["--no-sandbox", FAKE_CAMERA[0], "--deny-permission-prompts"],
    )
    with opened(started, server.url) as page:
        page.get_by_role("button", name="Use the camera").click()
        expect(page.get_by_role("alert")).to_contain_text("No picture from the camera")
    started.close()


def test_no_button_without_a_camera_and_on_touch(browser, camera_browser, server) -> None:
    button = {"name": "Use the camera"}
    with opened(browser, server.url) as page:
        expect(page.get_by_role("button", **button)).not_to_be_visible()
    with opened(camera_browser, server.url, has_touch=True, is_mobile=True) as page:
        expect(page.get_by_text("Take a photo")).to_be_visible()
        expect(page.get_by_role("button", **button)).not_to_be_visible()


@needs_nginx
def test_a_link_with_a_token_over_https_below_a_path(
    camera_browser, tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    nginx = Nginx(tmp_path, *certificate)
    prefix = "proxy_set_header X-Forwarded-Prefix /moodpi;"
    with closing(camera_browser.new_context()) as context, ExitStack() as moodpi:
        served = moodpi.enter_context(serving(tmp_path, *configured(tmp_path)))
        with nginx.serving(location("/moodpi/", f"{served.url}/", HOST, prefix)):
            page = context.new_page()
            page.goto(f"{nginx.url}/moodpi/login#{token_of(served)}")
            page.get_by_role("button", name="Use the camera").click()
            expect(page.locator("#tracks .track")).to_have_count(5)
            (cookie,) = context.cookies()
            assert (cookie["path"], cookie["secure"]) == ("/moodpi/", True)
            scope = page.evaluate("navigator.serviceWorker.ready.then(({ scope }) => scope)")
            assert scope == f"{nginx.url}/moodpi/"
            moodpi.close()
            page.reload()
            expect(page.locator("#offline-title")).to_have_text("moodpi isn't running.")
            assert token_of(served) not in page.url


@pytest.mark.parametrize(
    ("host", "camera"),
    [("localhost", "(self)"), ("127.0.0.1", "(self)"), ("machine.local", "()")],
)
def test_only_a_trustworthy_page_may_use_the_camera(serve, host: str, camera: str) -> None:
    import socket

    name = host.replace("machine", socket.gethostname().lower())
    with serve() as served:
        page = served.get("/", headers={"Host": name})
        assert page.status_code == 200
        assert f"camera={camera}," in page.headers["permissions-policy"]
        assert "camera=()," in served.get("/healthz").headers["permissions-policy"]
