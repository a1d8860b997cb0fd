"""The preview of a real daemon: one link, one viewer, TLS or this machine only."""

from __future__ import annotations

import base64
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge.daemon import preview as preview_module
from edge.daemon.frame_tap import FrameTap
from edge.daemon.preview import Preview
from edge.frontends.web.failed_attempts import MAX_ATTEMPTS
from tests.edge.footage import portrait_film
from tests.edge.frontends.web.conftest import Served
from tests.edge.frontends.web.in_process import HOST, InProcess
from tests.edge.running_daemon import FAST_MOODS, RunningDaemon
from tests.raising import raises
from tests.waiting import wait_for

httpx = pytest.importorskip("httpx")

ON = "[privacy]\npreview = true\n[web]\nenabled = true\nport = 0\n"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, portrait: Path) -> str:
    return str(portrait_film(tmp_path_factory.mktemp("film") / "film.avi", portrait, 900, 10.0))


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory, film: str) -> Iterator[RunningDaemon]:
    daemon = RunningDaemon(tmp_path_factory.mktemp("d"), film, FAST_MOODS + ON, ["--realtime"])
    with daemon:
        wait_for(lambda: "moodpi is at" in daemon.log.read_text(), "the page")
        yield daemon


def new_link(daemon: RunningDaemon) -> tuple[str, str]:
    """The address of the page, without a slash at its end, and the token."""
    code, output, errors = daemon.run_command("look", "--preview", "--once")
    assert code == 0, errors
    match = re.search(r"(http\S+)/preview#(\S+)", output)
    assert match is not None, output
    return match[1], match[2]


def watch(url: str, token: str, **headers: str) -> Any:
    """The response, whose body is not read."""
    return httpx.stream("POST", f"{url}/api/preview", json={"token": token}, headers=headers)


def refusal(url: str, token: str, **headers: str) -> str:
    response = httpx.post(f"{url}/api/preview", json={"token": token}, headers=headers)
    assert response.status_code >= 400
    code: str = response.json()["code"]
    return code


def test_one_viewer_sees_the_picture_once(daemon: RunningDaemon) -> None:
    url, token = new_link(daemon)
    assert daemon.status()["preview"]["state"] == "link"
    with watch(url, token) as stream:
        assert stream.status_code == 200
        lines = stream.iter_lines()
        document = json.loads(next(lines))
        jpeg = np.frombuffer(base64.b64decode(document["jpeg"]), np.uint8)
        picture = cv2.imdecode(jpeg, cv2.IMREAD_UNCHANGED)
        assert max(picture.shape) == preview_module.LONGEST_SIDE
        assert picture.std() > 10
        assert 0 < document["seconds"] <= preview_module.VIEWING_TIME
        assert json.loads(next(lines))["seconds"] < document["seconds"]
        assert daemon.status()["preview"]["state"] == "watched"
        assert "somebody watches" in daemon.run_command("status")[1]
        # A second viewer, and a second link.
        assert refusal(url, token) == "wrong_link"
        code, output, errors = daemon.run_command("look", "--preview", "--once")
        assert (code, output, errors.count("\n")) == (1, "", 1)
    wait_for(lambda: daemon.status()["preview"] is None, "the end of the preview")
    assert refusal(url, token) == "wrong_link"
    assert token not in daemon.log.read_text()


def test_a_new_link_replaces_one_that_was_not_opened(daemon: RunningDaemon) -> None:
    url, first = new_link(daemon)
    _, second = new_link(daemon)
    assert refusal(url, first) == "wrong_link"
    with watch(url, second) as stream:
        assert stream.status_code == 200


def test_what_a_proxy_forwards_without_tls_is_refused(daemon: RunningDaemon) -> None:
    url, token = new_link(daemon)
    for header, value in (("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-Proto", "https")):
        assert refusal(url, token, **{header: value}) == "not_private"
    assert refusal(url, token, Host=socket.gethostname()) == "not_private"
    with watch(url, token) as stream:
        assert stream.status_code == 200


def test_requests_without_a_token_are_refused(daemon: RunningDaemon) -> None:
    url, _ = new_link(daemon)
    for body in (b"", b"[]", b"{}", b'{"token": 3}', b'{"token": null, "x": "y"}'):
        assert httpx.post(f"{url}/api/preview", content=body, headers=JSON).status_code == 400
    lone_surrogate = httpx.post(f"{url}/api/preview", content=rb'{"token": "\ud800"}', headers=JSON)
    assert lone_surrogate.status_code in (400, 403)
    assert httpx.get(f"{url}/api/preview").status_code == 405


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ("[web]\nenabled = true\nport = 0\n", "preview = true under [privacy]"),
        ("[privacy]\npreview = true\n", "enabled = true under [web]"),
    ],
)
def test_why_there_is_no_link(tmp_path: Path, film: str, configuration: str, expected: str) -> None:
    daemon = RunningDaemon(tmp_path / "home", film, configuration, ["--realtime"])
    daemon.start()
    try:
        code, output, errors = daemon.run_command("look", "--preview", "--once")
        assert (code, output, errors.count("\n")) == (1, "", 1)
        assert expected in errors
        assert daemon.status()["preview"] is None
    finally:
        daemon.stop()


def test_no_link_without_a_daemon_or_of_another_source(moodpi, film: str) -> None:
    assert moodpi("look", "--preview", "--once").returncode == 1
    assert moodpi("look", "--preview", "--source", film).returncode == 2


def test_the_page_outside_the_daemon_has_no_picture(server: Served) -> None:
    assert refusal(server.url, "any") == "not_now"


def preview_with_page(address: str) -> Preview:
    preview = Preview(FrameTap(), allowed=True, page_enabled=True)
    preview.page_served(address)
    return preview


def test_a_page_for_others_without_tls_has_no_link() -> None:
    with raises("not_private"):
        preview_with_page("").answer({})
    with raises("no_page"):
        Preview(FrameTap(), allowed=True, page_enabled=True).answer({})


def test_links_and_viewings_end(monkeypatch: pytest.MonkeyPatch) -> None:
    preview = preview_with_page("http://127.0.0.1/")
    monkeypatch.setattr(preview_module, "OPENING_TIME", -1.0)
    late = preview.answer({})["link"].partition("#")[2]
    with raises("wrong_link"):
        preview.watch(late)
    monkeypatch.undo()
    monkeypatch.setattr(preview_module, "VIEWING_TIME", -1.0)
    over = preview.watch(preview.answer({})["link"].partition("#")[2])
    assert over.seconds_left == 0
    assert preview.to_json() is None
    monkeypatch.undo()
    with preview.watch(preview.answer({})["link"].partition("#")[2]) as viewing:
        # Leaving an earlier viewing does not end this one.
        over.__exit__(None, None, None)
        assert viewing.seconds_left > 0
        preview.close()
        assert viewing.seconds_left == 0


@pytest.mark.parametrize(
    ("client", "headers", "expected"),
    [
        ("192.0.2.1", {}, "not_private"),
        ("127.0.0.1", {}, "not_private"),
        ("127.0.0.1", {"Host": "localhost"}, "not_now"),
        ("::1", {"Host": "localhost:80"}, "not_now"),
        ("192.0.2.1", {"Host": "localhost"}, "not_private"),
        ("192.0.2.1", {"X-Forwarded-Proto": "https"}, "not_private"),
        ("10.0.0.1", {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}, "not_now"),
        ("10.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, "not_private"),
        ("10.0.0.1", {"X-Forwarded-For": "127.0.0.1", "Host": "localhost"}, "not_private"),
        ("127.0.0.2", {"Host": "localhost"}, "not_private"),
    ],
)
def test_the_connection_is_private(
    tmp_path: Path, client: str, headers: dict[str, str], expected: str
) -> None:
    """Outside the daemon a private request is answered with not_now."""
    app = InProcess(tmp_path, "10.0.0.1", "127.0.0.2")
    answer = app.request(
        "POST", "/api/preview", client=client, json={"token": "t"}, headers={"Host": HOST} | headers
    )
    assert answer.json()["code"] == expected


def test_wrong_tokens_are_limited(tmp_path: Path) -> None:
    app = InProcess(tmp_path, preview=preview_with_page("http://127.0.0.1/"))
    codes = [
        app.request(
            "POST",
            "/api/preview",
            client="127.0.0.1",
            json={"token": "t"},
            headers={"Host": "localhost"},
        ).json()["code"]
        for _ in range(MAX_ATTEMPTS + 1)
    ]
    assert codes == ["wrong_link"] * MAX_ATTEMPTS + ["too_many_attempts"]


@pytest.mark.system
def test_a_browser_shows_the_picture_and_the_live_view_says_so(
    daemon: RunningDaemon, browser: Any
) -> None:
    expect = pytest.importorskip("playwright.sync_api").expect
    url, token = new_link(daemon)
    context = browser.new_context()
    try:
        live, viewer = context.new_page(), context.new_page()
        live.goto(f"{url}/#live")
        expect(live.locator("#live-preview")).to_contain_text("link")
        viewer.goto(f"{url}/preview#{token}")
        expect(viewer.locator("#picture")).to_be_visible()
        assert viewer.locator("#picture").evaluate("image => image.naturalWidth") > 100
        assert token not in viewer.url
        expect(live.locator("#live-preview")).to_contain_text("watches")
        viewer.close()
        expect(live.locator("#live-preview")).to_be_hidden()
        again = context.new_page()
        again.goto(f"{url}/preview#{token}")
        expect(again.locator("#state")).to_contain_text("look --preview")
        expect(again.locator("#picture")).to_be_hidden()
    finally:
        context.close()


@pytest.mark.system
def test_with_tls_the_link_is_for_the_network(
    tmp_path: Path, film: str, certificate: tuple[Path, Path]
) -> None:
    tls = 'host = "0.0.0.0"\ntls_cert = "{}"\ntls_key = "{}"\n'.format(*certificate)
    daemon = RunningDaemon(tmp_path / "home", film, FAST_MOODS + ON + tls, ["--realtime"])
    with daemon:
        wait_for(lambda: "moodpi is at" in daemon.log.read_text(), "the page")
        code, output, errors = daemon.run_command("look", "--preview", "--once", "--json")
        assert code == 0, errors
        link = json.loads(output.splitlines()[0])["link"]
        assert link.startswith("https://")
        port, token = re.findall(r":(\d+)/preview#(\S+)", link)[0]
        address = f"https://127.0.0.1:{port}/api/preview"
        # No access token is needed: the link has its own.
        with httpx.stream("POST", address, json={"token": token}, verify=False) as stream:
            assert json.loads(next(stream.iter_lines()))["jpeg"]
