"""The page in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edge.frontends.web.model_comparison import installed_files
from tests.edge.frontends.web.browser_page import opened, wait_for_result

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.system
expect = playwright.expect
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def page(browser, server) -> Iterator[Any]:
    """The page, opened; console messages and requests to other hosts are errors."""
    with opened(browser, server.url) as one:
        yield one


def test_a_photo_shows_its_mood_seven_bars_and_five_tracks(page, portrait: Path) -> None:
    page.set_input_files("#choose", portrait)
    wait_for_result(page)
    expect(page.locator("#mood")).to_have_text("You look happy.")
    expect(page.locator("#bars li")).to_have_count(7)
    expect(page.locator("#bars li").first).to_contain_text(re.compile(r"happy\s*9\d%"))
    expect(page.locator("#tracks .track")).to_have_count(5)
    link = page.locator("#tracks a").first.get_attribute("href")
    assert re.fullmatch(r"https://open\.spotify\.com/track/\w{22}", link)


def test_a_photo_that_is_chosen_while_the_page_starts_is_answered(
    browser, server, portrait: Path
) -> None:
    with closing(browser.new_context()) as context:
        page = context.new_page()
        held: list[Any] = []

        def hold(route: Any) -> None:
            held.append(route)

        page.route("**/api/status", hold, times=1)
        with page.expect_request("**/api/status"):
            page.goto(server.url)
        page.set_input_files("#choose", portrait)
        held[0].continue_()
        wait_for_result(page)
        expect(page.locator("#mood")).to_have_text("You look happy.")


def test_the_button_for_other_tracks_has_their_number_as_a_word(page) -> None:
    labels = page.evaluate("import('/static/tracks.js').then((m) => [1, 4, 5].map(m.othersLabel))")
    assert labels == ["Another one", "Four others", "Five others"]


def test_the_page_names_the_configured_number_of_tracks(serve, browser, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text("[recommend]\ncount = 3\n")
    with serve("--config", str(tmp_path / "m.toml")) as served, opened(browser, served.url) as page:
        expect(page.locator("#title-photo")).to_contain_text("three tracks")
        assert page.locator("#others").text_content() == "Three others"
        assert page.locator("#next").text_content() == "Three others"


def test_a_photo_that_the_browser_cannot_show_has_an_answer(
    page, portrait: Path, tmp_path: Path
) -> None:
    heif = pytest.importorskip("pillow_heif")
    from PIL import Image

    heif.register_heif_opener()
    Image.open(portrait).save(tmp_path / "face.heic")
    page.set_input_files("#choose", tmp_path / "face.heic")
    wait_for_result(page)
    expect(page.locator("#mood")).to_have_text("You look happy.")
    expect(page.locator("#faces-hint")).to_have_text("This browser cannot show the photo.")


def test_the_box_is_around_the_face(browser, server, portrait: Path) -> None:
    with opened(browser, server.url, reduced_motion="reduce") as page:  # no animation
        page.set_input_files("#choose", portrait)
        wait_for_result(page)
        picture, box = page.locator("#photo").bounding_box(), page.locator(".face").bounding_box()
        scale = picture["width"] / 512
        assert abs(box["x"] - picture["x"] - 177 * scale) < 2
        assert abs(box["y"] - picture["y"] - 68 * scale) < 2
        assert abs(box["width"] - 94 * scale) < 2


@pytest.mark.parametrize("action", ["paste", "drop"])
def test_a_photo_can_be_pasted_or_dropped(page, portrait: Path, action: str) -> None:
    page.evaluate(
        """([action, encoded]) => {
            const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], "face.jpg", { type: "image/jpeg" }));
            document.dispatchEvent(action === "paste"
                ? new ClipboardEvent("paste", { clipboardData: data })
                : new DragEvent("drop", { dataTransfer: data, cancelable: true }));
        }""",
        [action, base64.b64encode(portrait.read_bytes()).decode()],
    )
    wait_for_result(page)
    expect(page.locator("#mood")).to_have_text("You look happy.")


def test_a_phone_is_offered_its_camera(browser, server) -> None:
    with opened(browser, server.url, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        expect(page.get_by_text("Take a photo")).to_be_visible()
        assert page.locator("#take").get_attribute("capture") == "user"
        taken, chosen = (page.get_by_text(f"{verb} a photo") for verb in ("Take", "Choose"))
        assert (taken.bounding_box()["y"], taken.bounding_box()["x"]) < (
            chosen.bounding_box()["y"],
            chosen.bounding_box()["x"],
        )
        expect(page.get_by_text("or drop or paste")).not_to_be_visible()


def test_the_page_can_be_added_to_a_home_screen(page, server) -> None:
    address = page.locator("link[rel=manifest]").get_attribute("href")
    manifest = server.get(f"/{address}")
    assert manifest.headers["content-type"] == "application/manifest+json"
    assert manifest.json()["start_url"] == "../"
    for icon in manifest.json()["icons"]:
        picture = server.get(f"/static/{icon['src']}")
        assert picture.content.startswith(b"\x89PNG")
        assert len(picture.content) < 10_000
    session = page.context.new_cdp_session(page)
    assert session.send("Page.getAppManifest")["errors"] == []


def test_one_of_several_faces_is_selected(page, two_faces: Path) -> None:
    page.set_input_files("#choose", two_faces)
    wait_for_result(page)
    expect(page.locator("#faces-hint")).to_have_text("2 faces: select one")
    first, second = page.get_by_label("Face 1 of 2"), page.get_by_label("Face 2 of 2")
    expect(first).to_have_attribute("aria-pressed", "true")
    assert second.bounding_box()["width"] < first.bounding_box()["width"]
    with page.expect_request(lambda request: "face=1" in request.url):
        second.click()
    wait_for_result(page)
    expect(page.get_by_label("Face 2 of 2")).to_have_attribute("aria-pressed", "true")
    with page.expect_request("**/api/compare?face=1"):
        page.get_by_role("link", name="Compare").click()
    expect(page.locator("#compare-lead")).to_contain_text("the same face")


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (b"just words", "This is not a photo"),
        (b"\0\0\0\x18ftypavif" + bytes(999), "This HEIC or AVIF photo is not supported"),
        (bytes(10_000_001), "This file is too large"),
        (b"", "This file is empty"),
    ],
)
def test_an_invalid_upload_shows_an_error(page, portrait, content: bytes, title: str) -> None:
    file = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": content}
    page.set_input_files("#choose", file)
    expect(page.get_by_role("alert")).to_contain_text(title)
    expect(page.get_by_alt_text("The photo that failed")).not_to_be_visible()
    page.set_input_files("#choose", portrait)
    wait_for_result(page)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_photo_without_a_face_shows_an_error(page, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (300, 200), (90, 120, 90)).save(tmp_path / "meadow.png")
    page.set_input_files("#choose", tmp_path / "meadow.png")
    expect(page.get_by_role("alert")).to_contain_text("No face found")
    expect(page.get_by_alt_text("The photo that failed")).to_be_visible()


def test_another_strategy_shows_other_tracks(page, portrait: Path) -> None:
    page.set_input_files("#choose", portrait)
    wait_for_result(page)
    expect(page.locator(".why").first).to_contain_text("like your happy mood")
    page.get_by_role("radio", name="Lift").check()
    expect(page.locator(".why").first).to_contain_text("to stay happy")
    expect(page.locator("#model")).to_have_value("simple_cnn int8.tflite")


def test_a_like_and_a_skip_are_recorded(serve, browser, portrait: Path, moodpi) -> None:
    import json

    with serve() as served, opened(browser, served.url) as page:
        page.set_input_files("#choose", portrait)
        wait_for_result(page)
        liked, skipped = page.locator(".like").nth(0), page.locator(".skip").nth(1)
        banned = page.locator(".ban").nth(2)
        banned.click()
        expect(banned).to_have_attribute("aria-pressed", "true")
        liked.click()
        expect(liked).to_have_attribute("aria-pressed", "true")
        skipped.click()
        expect(skipped).to_have_attribute("aria-pressed", "true")
        taste = json.loads(moodpi("taste", "--json", STATE_DIRECTORY=str(served.state)).stdout)
    assert (taste["likes"], taste["skips"]) == (1, 1)


def test_the_list_is_saved_as_a_file(page, portrait: Path) -> None:
    page.set_input_files("#choose", portrait)
    wait_for_result(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as file").click()
    lines = Path(download.value.path()).read_text().splitlines()
    links = page.locator("#tracks a")
    assert download.value.suggested_filename == "moodpi.m3u8"
    assert lines[0] == "#EXTM3U"
    assert lines[2::2] == [links.nth(n).get_attribute("href") for n in range(5)]
    assert all(line.startswith("#EXTINF:-1,") for line in lines[1::2])


def test_all_tracks_are_opened(page, portrait: Path) -> None:
    page.set_input_files("#choose", portrait)
    wait_for_result(page)
    # No network: the test answers for Spotify.
    page.context.route("https://open.spotify.com/**", lambda route: route.fulfill(body="a track"))
    with page.context.expect_event("page", lambda _: len(page.context.pages) == 1 + 5):
        page.get_by_role("button", name="Open all").click()
    expect(page.locator("#announcement")).to_have_text("5 tracks opened")
    links = page.locator("#tracks a")
    urls = {links.nth(n).get_attribute("href") for n in range(5)}
    opened_pages = [each for each in page.context.pages if each is not page]
    for each in opened_pages:
        each.wait_for_url("https://open.spotify.com/**")
    assert {each.url for each in opened_pages} == urls


def test_blocked_tracks_are_counted(page, portrait: Path) -> None:
    page.set_input_files("#choose", portrait)
    wait_for_result(page)
    page.evaluate("() => { window.open = () => null; }")  # as a browser that blocks pop-ups
    page.get_by_role("button", name="Open all").click()
    expect(page.get_by_role("alert")).to_contain_text("5 of 5 tracks were blocked")


def test_all_model_files_classify_the_same_face(page, server, portrait: Path) -> None:
    page.set_input_files("#choose", portrait)
    wait_for_result(page)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.evaluate(
        """() => {
            window.leads = [];
            new MutationObserver((records) => window.leads.push(...records
                .flatMap(({ addedNodes }) => [...addedNodes].map((node) => node.data))))
                .observe(document.getElementById("compare-lead"), { childList: true });
        }"""
    )
    page.get_by_role("link", name="Compare").click()
    rows = page.locator("#compare tbody tr")
    expect(rows).to_have_count(len(installed_files()))
    expect(rows.first).to_contain_text(re.compile(r"simple_cnn.*\d%.*\d\.\d%.*MB.* ms"))
    expect(page.locator("#compare-lead")).to_contain_text("the same face")
    files = len(installed_files())
    counted = [f"{done} of {files}" for done in range(files)]
    assert page.evaluate("window.leads")[:-1] == ["Finding the face", *counted]
    assert [url for url in requests if "/api/" in url] == [f"{server.url}/api/compare?face=0"]


def test_everything_works_by_keyboard(page, portrait: Path) -> None:
    page.set_input_files("#choose", portrait)
    wait_for_result(page)
    page.locator("input[name=strategy]:checked").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".why").first).to_contain_text("to stay happy")
    page.locator(".like").first.focus()
    page.keyboard.press("Space")
    expect(page.locator(".like").first).to_have_attribute("aria-pressed", "true")


def test_the_link_with_the_token_signs_in_permanently(serve, browser) -> None:
    with serve("--host", "0.0.0.0") as served:  # noqa: S104
        token = re.search(r"login#(\S+)", "".join(served.greeting))[1]
        with opened(browser, f"{served.url}/login#{token}") as page:
            expect(page.locator("#title-photo")).to_be_visible()
            assert token not in page.url
            page.goto(served.url)
            expect(page.locator("#title-photo")).to_be_visible()


def test_a_wrong_token_is_refused_and_the_right_one_signs_in(serve, browser) -> None:
    with serve("--host", "0.0.0.0") as served:  # noqa: S104
        token = re.search(r"login#(\S+)", "".join(served.greeting))[1]
        context = browser.new_context()
        page = context.new_page()
        page.goto(served.url)
        page.get_by_label("Token").fill("guess")
        page.get_by_role("button").click()
        expect(page.get_by_role("alert")).to_contain_text("Wrong token")
        page.get_by_label("Token").fill(token)
        page.get_by_role("button").click()
        expect(page.locator("#title-photo")).to_be_visible()
        context.close()
