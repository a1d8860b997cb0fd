"""The live view and the HTTP interface next to a real daemon, served separately and by itself."""

from __future__ import annotations

import json
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.edge.footage import portrait_film
from tests.edge.frontends.web.browser_page import opened
from tests.edge.frontends.web.conftest import Served, serving
from tests.edge.portrait_camera import FakePerson, portrait_camera
from tests.edge.running_daemon import FAST_MOODS, RunningDaemon
from tests.waiting import wait_for

httpx = pytest.importorskip("httpx")
playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.system
expect = playwright.expect

PHONE = {"width": 360, "height": 740}
HAPPY = re.compile(r"Happy since \d+:\d\d")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, daemon: RunningDaemon) -> Iterator[Served]:
    """`moodpi serve` on the machine that the daemon runs on."""
    with serving(tmp_path_factory.mktemp("s"), **daemon.environment) as server:
        wait_for(lambda: server.get("/api/status").json()["daemon"] is not None, "the daemon")
        yield server


@contextmanager
def events(server: Served) -> Iterator[Iterator[tuple[str, Any]]]:
    """The messages of /api/events: the kind and the data of each."""
    with httpx.stream("GET", server.url + "/api/events", timeout=20) as stream:
        yield _parsed(stream.iter_lines())


def _parsed(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    kind = ""
    for line in lines:
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield kind, json.loads(line.removeprefix("data: "))


def until(messages: Iterator[tuple[str, Any]], wanted: str) -> Any:
    return next(data for kind, data in messages if kind == wanted)


def test_status_has_the_fields_of_moodpi_status(served: Served, daemon: RunningDaemon) -> None:
    status = served.get("/api/status").json()["daemon"]
    assert set(daemon.status()) <= set(status)
    assert status["mood"]["emotion"] == "happy"
    wait_for(lambda: served.get("/api/status").json()["daemon"]["frame_rate"], "a frame rate")


def test_status_and_events_match_the_openapi_document(served: Served) -> None:
    jsonschema = pytest.importorskip("jsonschema_rs")
    document = served.get("/openapi.json").json()

    def fits(answer: Any, name: str) -> bool:
        wanted = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        return jsonschema.is_valid(wanted, answer)

    assert fits(served.get("/api/status").json(), "Status")
    with events(served) as messages:
        first = dict(next(messages) for _ in range(2))
    assert fits(first["status"]["daemon"], "Daemon")
    assert first["history"]
    assert all(fits(event, "Event") for event in first["history"])


def test_events_are_streamed(served: Served, person: FakePerson) -> None:
    with events(served) as messages:
        until(messages, "history")
        person.frown()
        assert until(messages, "mood")["emotion"] != "happy"
        person.smile()
        assert until(messages, "mood")["emotion"] == "happy"
        assert len(until(messages, "tracks")["tracks"]) == 5


def test_metrics_include_those_of_the_daemon(served: Served) -> None:
    figures = dict(
        line.rsplit(" ", 1)
        for line in served.get("/metrics").text.splitlines()
        if not line.startswith("#")
    )
    assert figures["moodpi_up"] == "1"
    assert figures['moodpi_mood{emotion="happy"}'] == "1"
    assert figures['moodpi_mood{emotion="sad"}'] == "0"
    assert figures["moodpi_present"] == "1"
    counted = ("frames", "scanned", "faces", "changes", "analysis_seconds")
    for name in (*(f"{count}_total" for count in counted), "uptime_seconds"):
        assert float(figures[f"moodpi_{name}"]) > 0
    assert float(figures["moodpi_dropped_total"]) >= 0


def test_commands_are_sent_to_the_daemon(served: Served, daemon: RunningDaemon) -> None:
    assert served.post("/api/command", json={"command": "pause"}).json()["paused"] is True
    assert daemon.status()["paused"] is True
    assert served.post("/api/command", json={"command": "resume"}).json()["paused"] is False
    before = daemon.status()["tracks"]["tracks"]
    assert served.post("/api/command", json={"command": "next"}).status_code == 200
    assert daemon.status()["tracks"]["tracks"] != before
    lift = {"command": "strategy", "strategy": "lift"}
    assert served.post("/api/command", json=lift).json()["strategy"] == "lift"
    assert daemon.status()["tracks"]["strategy"] == "lift"
    served.post("/api/command", json={"command": "strategy", "strategy": "match"})


def test_feedback_is_recorded_in_the_profile_of_the_daemon(
    served: Served, daemon: RunningDaemon
) -> None:
    def likes() -> Any:
        return json.loads(daemon.run_command("taste", "--json")[1])["likes"]

    before = likes()
    track = daemon.status()["tracks"]["tracks"][0]
    recorded = served.post("/api/feedback", json={"verdict": "like", "track": track["id"]})
    assert [item["verdict"] for item in recorded.json()] == ["like"]
    assert likes() == before + 1
    unknown = served.post("/api/feedback", json={"verdict": "like", "track": "0" * 22})
    assert (unknown.status_code, unknown.json()["code"]) == (400, "bad_request")


def test_feedback_on_an_artist_reaches_the_daemon_as_an_artist(
    served: Served, daemon: RunningDaemon
) -> None:
    artist = daemon.status()["tracks"]["tracks"][0]["artist"].split(",")[0]
    recorded = served.post("/api/feedback", json={"verdict": "like", "artist": artist})
    assert [item["subject"] for item in recorded.json()] == ["artist"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"command": "dance"},
        {"command": ["next"]},
        {"command": "status"},
        {"command": "strategy"},
        {"command": "strategy", "strategy": "lft"},
        {"command": "strategy", "strategy": 1},
        {"command": "next", "strategy": "lift"},
        {"command": "next", "more": 1},
    ],
)
def test_an_invalid_command_is_refused(served: Served, body: Any) -> None:
    refused = served.post("/api/command", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_request")


def test_a_command_without_a_daemon_is_refused(server) -> None:
    refused = server.post("/api/command", json={"command": "next"})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_daemon")


def test_the_page_shows_the_mood_the_history_and_the_tracks(browser, served: Served) -> None:
    with opened(browser, served.url + "/#live") as page:
        expect(page.locator("#live-mood")).to_contain_text(HAPPY)
        expect(page.locator("#live-why")).to_contain_text(re.compile(r"\d% sure: "))
        expect(page.locator("#history .segment.happy")).not_to_have_count(0)
        expect(
            page.get_by_role("img", name=re.compile(r"The moods of the last \d+ (s|min): "))
        ).to_be_visible()
        expect(page.locator("#live-tracks .track")).to_have_count(5)
        lines = ["pleasant", "neutral", "unpleasant", "lively", "balanced", "calm"]
        expect(page.locator("#history text")).to_contain_text(lines)
        expect(page.locator("#live-tracks .why").first).to_contain_text("happy")
        expect(page.locator("#live-tracks-note")).to_contain_text("For happy, chosen at")
        expect(page.locator("#stats")).to_contain_text(re.compile(r"frames per second\d"))


def test_the_page_changes_with_the_mood(browser, served: Served, person: FakePerson) -> None:
    with opened(browser, served.url + "/#live") as page:
        expect(page.locator("#live-mood")).to_contain_text(HAPPY)
        tint = page.locator("body").get_attribute("data-emotion")
        person.frown()
        expect(page.locator("#live-mood")).not_to_contain_text("Happy")
        expect(page.locator("body")).not_to_have_attribute("data-emotion", tint)
        person.leave()
        expect(page.locator("#live-mood")).to_contain_text("Nobody in view since")
        person.smile()
        expect(page.locator("#live-mood")).to_contain_text(HAPPY)


def test_the_page_controls_playback(browser, served: Served, daemon: RunningDaemon) -> None:
    with opened(browser, served.url + "/#live") as page:
        first = page.locator("#live-tracks .title").first
        before = first.text_content()
        page.get_by_role("button", name="Five others").click()
        expect(first).not_to_have_text(before)
        page.get_by_role("button", name="Pause").click()
        expect(page.locator("#live-tracks-title")).to_have_text("Paused")
        expect(page.locator("#live-tracks .playing")).to_have_count(0)
        expect(page.get_by_role("button", name="Five others")).to_be_disabled()
        expect(page.locator("#live-tracks-note")).to_contain_text("Resume plays again")
        page.get_by_role("button", name="Resume").click()
        expect(page.locator("#live-tracks-title")).not_to_contain_text("Paused")
        page.locator("#view-live").get_by_label("Journey").check()
        wait_for(lambda: daemon.status()["strategy"] == "journey", "the strategy")
        page.locator("#view-live").get_by_label("Match").check()
        wait_for(lambda: daemon.status()["strategy"] == "match", "the strategy")


def test_the_page_calibrates_shows_and_deletes_the_resting_face(
    browser, served: Served, daemon: RunningDaemon
) -> None:
    with opened(browser, served.url + "/#live") as page:
        text, calibrate = (
            page.locator("#resting-text"),
            page.get_by_role("button", name="Calibrate"),
        )
        expect(text).to_contain_text("never a picture")
        daemon.status("pause")
        calibrate.click()
        expect(text).to_contain_text("Not calibrated: moodpi is paused")
        daemon.status("resume")
        calibrate.click()
        expect(page.get_by_role("progressbar", name="Calibration")).to_be_visible()
        expect(calibrate).to_be_disabled()
        expect(text).to_contain_text("Calibrated on")
        expect(page.locator("#resting-bars li").first).to_contain_text("happy")
        page.get_by_role("button", name="Delete").click()
        expect(text).to_contain_text("never a picture")
        expect(page.locator("#resting-bars li")).to_have_count(0)
        assert daemon.status()["resting_face"]["origin"] is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_the_live_view(browser, served: Served, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    how = {"color_scheme": scheme, "reduced_motion": "reduce", "viewport": PHONE}
    with opened(browser, served.url + "/#live", **how) as page:
        expect(page.locator("#live-tracks .track")).to_have_count(5)
        assert axe.run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_the_page_shows_that_the_daemon_is_stopped_and_reconnects(
    browser, served: Served, daemon: RunningDaemon
) -> None:
    with opened(browser, served.url + "/#live") as page:
        expect(page.locator("#live-mood")).to_contain_text(HAPPY)
        daemon.stop()
        expect(page.locator("#offline-title")).to_have_text("moodpi isn't running.")
        expect(page.locator("#offline-why")).to_have_text("This page reconnects automatically.")
        assert served.get("/api/status").json()["daemon"] is None
        assert "moodpi_up 0" in served.get("/metrics").text
        daemon.start()
        expect(page.locator("#live-mood")).to_contain_text(HAPPY)


def test_a_lost_connection_is_noticed(browser, served: Served) -> None:
    with opened(browser, served.url + "/#live") as page:
        expect(page.locator("#live-mood")).to_contain_text(HAPPY)
        page.clock.install()
        served.process.send_signal(signal.SIGSTOP)
        try:
            page.clock.run_for(16_000)
            expect(page.locator("#offline-title")).to_have_text("moodpi isn't running.")
        finally:
            served.process.send_signal(signal.SIGCONT)
        expect(page.locator("#live-mood")).to_contain_text(HAPPY)


def test_an_unsure_mood_keeps_the_songs_of_the_last_one(
    browser, tmp_path: Path, person: FakePerson
) -> None:
    # The belief in a mood that ends is below `leave` until that in the next one is above `enter`.
    sure = "[mood]\nenter = 0.97\nleave = 0.96\nrefractory = 0\nunsure_timeout = 600\n"
    port = free_port()
    page_settings = f"{sure}[web]\nenabled = true\nport = {port}\n"
    with (
        portrait_camera(person.picture) as url,
        RunningDaemon(tmp_path / "r", url, page_settings) as daemon,
    ):
        wait_for(lambda: "moodpi is at http" in daemon.log.read_text(), "the page")
        with opened(browser, f"http://127.0.0.1:{port}/#live") as page:
            expect(page.locator("#live-mood")).to_contain_text(HAPPY)
            person.frown()
            expect(page.locator("#live-mood")).to_contain_text("Unsure since")
            expect(page.locator("body")).to_have_attribute("data-emotion", "unsure")
            expect(page.locator("#live-tracks-note")).to_contain_text("Of the last mood, happy")
            expect(page.locator("#live-tracks .track")).to_have_count(5)
            person.smile()


def test_a_film_is_shown_as_a_camera_is(browser, tmp_path: Path, portrait: Path) -> None:
    port = free_port()
    film = portrait_film(tmp_path / "film.avi", portrait, seconds=60)
    page_settings = f"{FAST_MOODS}[web]\nenabled = true\nport = {port}\n"
    with RunningDaemon(tmp_path / "r", str(film), page_settings, ["--realtime"]) as daemon:
        wait_for(lambda: "moodpi is at http" in daemon.log.read_text(), "the page")
        with opened(browser, f"http://127.0.0.1:{port}/#live") as page:
            expect(page.locator("#live-mood")).to_contain_text(HAPPY)
            expect(page.locator("#history .segment.happy")).to_have_count(2)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_the_daemon_serves_the_page_itself(tmp_path: Path, person: FakePerson) -> None:
    port = free_port()
    page = f"{FAST_MOODS}[web]\nenabled = true\nport = {port}\n"
    with portrait_camera(person.picture) as url, RunningDaemon(tmp_path / "r", url, page) as daemon:
        address = f"http://127.0.0.1:{port}"
        wait_for(lambda: f"moodpi is at {address}/" in daemon.log.read_text(), "the page")

        def status() -> Any:
            return httpx.get(f"{address}/api/status", timeout=20).json()["daemon"]

        wait_for(lambda: status() is not None, "the page to show the daemon")
        assert status()["mood"]["emotion"] == "happy"
        assert httpx.get(address, timeout=20).text.startswith("<!doctype html>")
        daemon.stop()
        assert daemon.process.returncode == 0
        with pytest.raises(httpx.ConnectError):
            httpx.get(address, timeout=20)


def test_a_page_that_cannot_be_served_does_not_stop_the_daemon(
    tmp_path: Path, person: FakePerson
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        page = f"[web]\nenabled = true\nport = {taken.getsockname()[1]}\n"
        with (
            portrait_camera(person.picture) as url,
            RunningDaemon(tmp_path / "r", url, page) as daemon,
        ):
            assert "the page is not served: cannot serve on 127.0.0.1" in daemon.log.read_text()
            assert daemon.status()["mood"]["emotion"] == "happy"
            taken.close()
            wait_for(lambda: "moodpi is at http" in daemon.log.read_text(), "the page, tried again")
            assert daemon.log.read_text().count("the page is not served") == 1


def test_a_certificate_that_cannot_be_read_is_logged(tmp_path: Path, person: FakePerson) -> None:
    page = f'[web]\nenabled = true\nport = 0\ntls_cert = "{"x" * 300}"\ntls_key = "y"\n'
    with portrait_camera(person.picture) as url, RunningDaemon(tmp_path / "r", url, page) as daemon:
        wait_for(lambda: "the page is not served: " in daemon.log.read_text(), "the reason")
        assert "File name too long" in daemon.log.read_text()
        assert daemon.status()["mood"]["emotion"] == "happy"
