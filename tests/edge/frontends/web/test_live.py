"""The room as the page and the interfaces show it: a real daemon on a camera, served both ways."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.edge.frontends.web.browsing import opened
from tests.edge.frontends.web.conftest import Served, serving
from tests.edge.portrait_camera import Sitter, portrait_camera
from tests.edge.room import HASTY, Room
from tests.waiting import wait_for

httpx = pytest.importorskip("httpx")
playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.system
expect = playwright.expect

PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def sitter(tmp_path_factory: pytest.TempPathFactory, portrait: Path) -> Sitter:
    return Sitter(tmp_path_factory.mktemp("sitter"), portrait)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, sitter: Sitter) -> Iterator[Room]:
    with (
        portrait_camera(sitter.picture) as url,
        Room(tmp_path_factory.mktemp("r"), url, HASTY) as room,
    ):
        yield room


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory, room: Room) -> Iterator[Served]:
    """`moodpi serve` on the machine that the daemon runs on."""
    with serving(tmp_path_factory.mktemp("s"), **room.variables) as served:
        wait_for(lambda: served.get("/api/status").json()["daemon"] is not None, "the daemon")
        yield served


@contextmanager
def events(served: Served) -> Iterator[Iterator[tuple[str, Any]]]:
    """What /api/events says, one kind and its data after the other."""
    with httpx.stream("GET", served.url + "/api/events", timeout=20) as stream:
        yield _parsed(stream.iter_lines())


def _parsed(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    kind = ""
    for line in lines:
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield kind, json.loads(line.removeprefix("data: "))


def until(heard: Iterator[tuple[str, Any]], wanted: str) -> Any:
    return next(data for kind, data in heard if kind == wanted)


def test_status_tells_of_the_daemon_as_the_command_does(beside: Served, room: Room) -> None:
    told = beside.get("/api/status").json()["daemon"]
    assert set(room.status()) <= set(told)
    assert told["mood"]["emotion"] == "happy"
    wait_for(lambda: beside.get("/api/status").json()["daemon"]["frame_rate"], "a frame rate")


def test_status_and_events_are_as_described(beside: Served) -> None:
    jsonschema = pytest.importorskip("jsonschema_rs")
    document = beside.get("/openapi.json").json()

    def fits(answer: Any, name: str) -> bool:
        wanted = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        return jsonschema.is_valid(wanted, answer)

    assert fits(beside.get("/api/status").json(), "Status")
    with events(beside) as heard:
        told = dict(next(heard) for _ in range(2))
    assert fits(told["status"]["daemon"], "Daemon")
    assert told["history"]
    assert all(fits(event, "Event") for event in told["history"])


def test_events_come_as_they_happen(beside: Served, sitter: Sitter) -> None:
    with events(beside) as heard:
        until(heard, "history")
        sitter.frown()
        assert until(heard, "mood")["emotion"] != "happy"
        sitter.smile()
        assert until(heard, "mood")["emotion"] == "happy"
        assert len(until(heard, "tracks")["tracks"]) == 5


def test_metrics_have_the_daemons_figures(beside: Served) -> None:
    figures = dict(
        line.rsplit(" ", 1)
        for line in beside.get("/metrics").text.splitlines()
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


def test_commands_go_to_the_daemon(beside: Served, room: Room) -> None:
    assert beside.post("/api/command", json={"command": "pause"}).json()["paused"] is True
    assert room.status()["paused"] is True
    assert beside.post("/api/command", json={"command": "resume"}).json()["paused"] is False
    before = room.status()["tracks"]["tracks"]
    assert beside.post("/api/command", json={"command": "next"}).status_code == 200
    assert room.status()["tracks"]["tracks"] != before
    lift = {"command": "strategy", "strategy": "lift"}
    assert beside.post("/api/command", json=lift).json()["strategy"] == "lift"
    assert room.status()["tracks"]["strategy"] == "lift"
    beside.post("/api/command", json={"command": "strategy", "strategy": "match"})


def test_a_like_is_noted_where_the_daemon_keeps_it(beside: Served, room: Room) -> None:
    def likes() -> Any:
        return json.loads(room.ask("taste", "--json")[1])["likes"]

    before = likes()
    track = room.status()["tracks"]["tracks"][0]
    noted = beside.post("/api/feedback", json={"verdict": "like", "track": track["id"]})
    assert [word["verdict"] for word in noted.json()] == ["like"]
    assert likes() == before + 1
    unknown = beside.post("/api/feedback", json={"verdict": "like", "track": "0" * 22})
    assert (unknown.status_code, unknown.json()["code"]) == (400, "bad_request")


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
def test_a_command_that_makes_no_sense_is_refused(beside: Served, body: Any) -> None:
    refused = beside.post("/api/command", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_request")


def test_without_a_daemon_there_is_nobody_to_command(server) -> None:
    refused = server.post("/api/command", json={"command": "next"})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_daemon")


def test_the_page_shows_the_mood_its_course_and_the_music(browser, beside: Served) -> None:
    with opened(browser, beside.url + "/#live") as page:
        expect(page.locator("#room-mood")).to_have_text("The room is happy.")
        expect(page.locator("#room-why")).to_contain_text(re.compile(r"Since \d\d:\d\d.*:"))
        expect(page.locator("#course .tone.happy")).not_to_have_count(0)
        expect(
            page.get_by_role("img", name=re.compile("The moods of the last hour: "))
        ).to_be_visible()
        expect(page.locator("#room-tracks .track")).to_have_count(5)
        expect(page.locator("#room-tracks .why").first).to_contain_text("happy")
        expect(page.locator("#facts")).to_contain_text(re.compile(r"frames a second\d"))


def test_the_page_changes_with_the_mood(browser, beside: Served, sitter: Sitter) -> None:
    with opened(browser, beside.url + "/#live") as page:
        expect(page.locator("#room-mood")).to_have_text("The room is happy.")
        tint = page.locator("body").get_attribute("data-emotion")
        sitter.frown()
        expect(page.locator("#room-mood")).not_to_have_text("The room is happy.")
        expect(page.locator("body")).not_to_have_attribute("data-emotion", tint)
        sitter.leave()
        expect(page.locator("#room-mood")).to_have_text("Nobody is there.")
        sitter.smile()
        expect(page.locator("#room-mood")).to_have_text("The room is happy.")


def test_the_page_commands_the_music(browser, beside: Served, room: Room) -> None:
    with opened(browser, beside.url + "/#live") as page:
        first = page.locator("#room-tracks .title").first
        before = first.text_content()
        page.get_by_role("button", name="Others").click()
        expect(first).not_to_have_text(before)
        page.get_by_role("button", name="Pause").click()
        expect(page.locator("#room-tracks-title")).to_have_text("Paused")
        page.get_by_role("button", name="Go on").click()
        expect(page.locator("#room-tracks-title")).not_to_contain_text("Silence")
        page.locator("#view-live").get_by_label("Journey").check()
        wait_for(lambda: room.status()["strategy"] == "journey", "the strategy")
        page.locator("#view-live").get_by_label("Match").check()
        wait_for(lambda: room.status()["strategy"] == "match", "the strategy")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_the_room(browser, beside: Served, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    how = {"color_scheme": scheme, "reduced_motion": "reduce", "viewport": PHONE}
    with opened(browser, beside.url + "/#live", **how) as page:
        expect(page.locator("#room-tracks .track")).to_have_count(5)
        assert axe.run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_the_page_sleeps_while_the_daemon_is_away_and_wakes_by_itself(
    browser, beside: Served, room: Room
) -> None:
    with opened(browser, beside.url + "/#live") as page:
        expect(page.locator("#room-mood")).to_have_text("The room is happy.")
        room.stop()
        expect(page.locator("#away-title")).to_have_text("moodpi is asleep")
        expect(page.locator("#away-why")).to_contain_text("moodpi is not running")
        assert beside.get("/api/status").json()["daemon"] is None
        assert "moodpi_up 0" in beside.get("/metrics").text
        room.start()
        expect(page.locator("#room-mood")).to_have_text("The room is happy.")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_the_daemon_serves_the_page_itself(tmp_path: Path, sitter: Sitter) -> None:
    port = free_port()
    page = f"{HASTY}[web]\nenabled = true\nport = {port}\n"
    with portrait_camera(sitter.picture) as url, Room(tmp_path / "r", url, page) as room:
        address = f"http://127.0.0.1:{port}"
        wait_for(lambda: f"moodpi is at {address}/" in room.log.read_text(), "the page")

        def told() -> Any:
            return httpx.get(f"{address}/api/status", timeout=20).json()["daemon"]

        wait_for(lambda: told() is not None, "the page to hear of the daemon")
        assert told()["mood"]["emotion"] == "happy"
        assert httpx.get(address, timeout=20).text.startswith("<!doctype html>")
        room.stop()
        assert room.daemon.returncode == 0
        with pytest.raises(httpx.ConnectError):
            httpx.get(address, timeout=20)


def test_a_page_that_cannot_be_served_keeps_nobody_from_the_music(
    tmp_path: Path, sitter: Sitter
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        page = f"[web]\nenabled = true\nport = {taken.getsockname()[1]}\n"
        with portrait_camera(sitter.picture) as url, Room(tmp_path / "r", url, page) as room:
            assert "the page is not served: cannot serve on 127.0.0.1" in room.log.read_text()
            assert room.status()["mood"]["emotion"] == "happy"
            taken.close()
            wait_for(lambda: "moodpi is at http" in room.log.read_text(), "the page, tried again")
            assert room.log.read_text().count("the page is not served") == 1


def test_a_certificate_that_cannot_be_looked_at_is_a_line(tmp_path: Path, sitter: Sitter) -> None:
    page = f'[web]\nenabled = true\nport = 0\ntls_cert = "{"x" * 300}"\ntls_key = "y"\n'
    with portrait_camera(sitter.picture) as url, Room(tmp_path / "r", url, page) as room:
        wait_for(lambda: "the page is not served: " in room.log.read_text(), "the reason")
        assert "File name too long" in room.log.read_text()
        assert room.status()["mood"]["emotion"] == "happy"
