"""The songs of a photo are played by the daemon, and verdicts given elsewhere are shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.frontends.web.browser_page import opened, wait_for_result
from tests.edge.portrait_camera import FakePerson, portrait_camera
from tests.edge.running_daemon import FAST_MOODS, RunningDaemon
from tests.pictures.live_run import live_run, write_songs
from tests.waiting import wait_for

httpx = pytest.importorskip("httpx")
playwright = pytest.importorskip("playwright.sync_api")
pytest.importorskip("mutagen")

pytestmark = pytest.mark.system
expect = playwright.expect

Run = tuple[str, RunningDaemon]


@pytest.fixture(scope="module")
def with_mpv(tmp_path_factory, person: FakePerson) -> Iterator[Run]:
    """The page of a daemon that plays with mpv."""
    folder = tmp_path_factory.mktemp("m")
    music = write_songs(folder)
    with (
        portrait_camera(person.picture) as camera,
        live_run(folder / "h", camera, music, FAST_MOODS) as run,
    ):
        wait_for(lambda: (run[1].status()["playing"] or {}).get("track"), "music")
        yield run


def test_the_songs_of_a_photo_are_played(browser, with_mpv: Run, portrait: Path) -> None:
    url, daemon = with_mpv
    with opened(browser, url) as page:
        page.set_input_files("#choose", portrait)
        wait_for_result(page)
        titles = page.locator("#tracks .title").all_text_contents()
        page.get_by_role("button", name="Play these").click()
        expect(page.locator("#live-tracks-note")).to_contain_text("For a photo, happy")
        # Only songs of the player were recommended.
        expect(page.locator("#live-tracks .title")).to_have_count(len(titles))
        expect(page.locator("#live-tracks .playing .title")).to_have_count(1)
        played = daemon.status()["playing"]["track"]["title"]
    assert titles
    assert any(title.startswith(played) for title in titles)


def test_verdicts_given_elsewhere_are_shown(browser, with_mpv: Run) -> None:
    url, daemon = with_mpv
    with opened(browser, f"{url}/#live") as page:
        cards = page.locator("#live-tracks .track")
        cards.first.wait_for()
        count = cards.count()
        liked = daemon.status()["tracks"]["tracks"][0]
        assert daemon.run_command("like", liked["id"])[0] == 0
        expect(cards.first.locator(".like")).to_have_attribute("aria-pressed", "true")
        assert daemon.status()["ratings"] == {liked["id"]: "like"}
        assert daemon.run_command("ban", daemon.status()["tracks"]["tracks"][-1]["id"])[0] == 0
        expect(cards).to_have_count(count - 1)


def test_paused_music_is_not_played_by_request(browser, with_mpv: Run, portrait: Path) -> None:
    url, daemon = with_mpv
    daemon.status("pause")
    with opened(browser, url) as page:
        page.set_input_files("#choose", portrait)
        wait_for_result(page)
        page.get_by_role("button", name="Play these").click()
        expect(page.get_by_role("alert")).to_contain_text("Paused")
    daemon.status("resume")


def test_without_a_player_nothing_can_be_played(
    browser, tmp_path: Path, person: FakePerson, portrait: Path, server
) -> None:
    request = {"command": "play", "tracks": "0" * 22, "emotion": "happy"}
    with (
        portrait_camera(person.picture) as camera,
        live_run(tmp_path / "h", camera, None) as (url, _),
        opened(browser, url) as page,
    ):
        wait_for(lambda: httpx.get(f"{url}/api/status").json()["daemon"], "the daemon")
        page.set_input_files("#choose", portrait)
        wait_for_result(page)
        expect(page.get_by_role("button", name="Play these")).not_to_be_visible()
        refused = httpx.post(f"{url}/api/command", json=request)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_now")
    refused = server.post("/api/command", json=request)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_daemon")
