"""Ten wrong tokens a minute block an address, and no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("starlette")
pytest.importorskip("httpx")
import httpx

from edge.frontends.web.failed_attempts import (
    ATTEMPTS_WINDOW,
    MAX_ATTEMPTS,
    MAX_CLIENTS,
    FailedAttempts,
)
from tests.edge.frontends.web.in_process import BEARER, TOKEN, InProcess
from tests.raising import raises

Attempt = Callable[[InProcess, str, str], "httpx.Response"]


def by_header(app: InProcess, client: str, token: str) -> httpx.Response:
    return app.get("/api/status", client=client, headers={"Authorization": f"Bearer {token}"})


def by_cookie(app: InProcess, client: str, token: str) -> httpx.Response:
    cookie = TOKEN.cookie if token == TOKEN.token else token
    return app.get("/api/status", client=client, headers={"Cookie": f"a=b; moodpi={cookie}"})


def by_form(app: InProcess, client: str, token: str) -> httpx.Response:
    return app.request("POST", "/login", client=client, data={"token": token})


ATTEMPTS = pytest.mark.parametrize("attempt", [by_header, by_cookie, by_form])


@pytest.fixture
def app(tmp_path: Path) -> InProcess:
    return InProcess(tmp_path)


@ATTEMPTS
def test_after_ten_wrong_tokens_an_address_must_wait(app: InProcess, attempt: Attempt) -> None:
    for _ in range(MAX_ATTEMPTS):
        assert attempt(app, "192.0.2.1", "guess").status_code in (401, 303)
    for token in ("guess", TOKEN.token):
        refused = attempt(app, "192.0.2.1", token)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= ATTEMPTS_WINDOW
        assert "set-cookie" not in refused.headers
    assert attempt(app, "192.0.2.2", TOKEN.token).status_code in (200, 303)


@ATTEMPTS
def test_a_right_token_resets_the_count(app: InProcess, attempt: Attempt) -> None:
    for token in [*["guess"] * 9, TOKEN.token, *["guess"] * 9, TOKEN.token]:
        assert attempt(app, "192.0.2.1", token).status_code != 429


def test_all_ways_to_send_a_token_count_together(app: InProcess) -> None:
    for attempt in (by_header, by_cookie, by_form, by_header, by_cookie) * 2:
        assert attempt(app, "192.0.2.1", "guess").status_code != 429
    for attempt in (by_header, by_cookie, by_form):
        assert attempt(app, "192.0.2.1", TOKEN.token).status_code == 429


def test_a_request_without_a_token_is_not_an_attempt(app: InProcess) -> None:
    for _ in range(2 * MAX_ATTEMPTS):
        assert app.get("/api/status").status_code == 401
    assert app.get("/api/status", headers=BEARER).status_code == 200


def test_a_browser_gets_a_page_with_a_sentence(app: InProcess) -> None:
    for _ in range(MAX_ATTEMPTS):
        by_form(app, "192.0.2.1", "guess")
    cookie = {"Cookie": f"moodpi={TOKEN.cookie}"}
    for refused in (by_form(app, "192.0.2.1", "guess"), app.get("/", headers=cookie)):
        assert refused.status_code == 429
        assert refused.headers["content-type"].startswith("text/html")
        assert "Wait a minute" in refused.text
    assert app.get("/login").status_code == 200


def test_an_ipv6_network_is_one_address(app: InProcess) -> None:
    for number in range(MAX_ATTEMPTS):
        by_header(app, f"2001:db8::{number:x}", "guess")
    assert by_header(app, "2001:db8::ffff", TOKEN.token).status_code == 429
    assert by_header(app, "2001:db8:0:1::1", TOKEN.token).status_code == 200


def test_the_wait_ends() -> None:
    now = 0.0
    attempts = FailedAttempts(clock=lambda: now)
    for _ in range(MAX_ATTEMPTS):
        attempts.record("192.0.2.1")
    with raises("too_many_attempts"):
        attempts.check("192.0.2.1")
    with raises("too_many_attempts"):
        attempts.check("::ffff:192.0.2.1")
    now = ATTEMPTS_WINDOW
    attempts.check("192.0.2.1")


def test_the_table_of_addresses_is_bounded() -> None:
    attempts = FailedAttempts()
    for number in range(2 * MAX_CLIENTS):
        attempts.record(f"10.0.{number // 256}.{number % 256}")
    assert len(attempts._times) == MAX_CLIENTS
