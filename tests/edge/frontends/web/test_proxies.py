"""Forwarded headers count only from web.trusted_proxies."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("starlette")

from edge.config.load import parse_config
from edge.frontends.web.failed_attempts import MAX_ATTEMPTS
from tests.edge.frontends.web.in_process import BEARER, TOKEN, InProcess
from tests.raising import raises

PROXY, NETWORK = "10.0.0.1", "10.1.0.0/16"
WRONG = {"Authorization": "Bearer guess"}
FORGED = {
    "X-Forwarded-For": "192.0.2.9",
    "X-Real-IP": "192.0.2.9",
    "Forwarded": "for=192.0.2.9;host=evil.example;proto=https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
}


@pytest.fixture
def app(tmp_path: Path) -> InProcess:
    return InProcess(tmp_path, PROXY, NETWORK)


def block(app: InProcess, client: str, headers: dict[str, str]) -> None:
    for _ in range(MAX_ATTEMPTS):
        assert app.get("/api/status", client=client, headers=WRONG | headers).status_code == 401


def status(app: InProcess, client: str, headers: dict[str, str]) -> int:
    return app.get("/api/status", client=client, headers=BEARER | headers).status_code


def test_a_proxy_locks_nobody_out(app: InProcess) -> None:
    block(app, PROXY, {"X-Forwarded-For": "192.0.2.9"})
    assert status(app, PROXY, {"X-Forwarded-For": "192.0.2.9"}) == 429
    assert status(app, PROXY, {"X-Forwarded-For": "192.0.2.8"}) == 200
    assert status(app, PROXY, {}) == 200


def test_nobody_pretends_to_be_another(app: InProcess) -> None:
    block(app, "192.0.2.1", FORGED)
    assert status(app, "192.0.2.1", {"X-Forwarded-For": "192.0.2.7"}) == 429
    assert status(app, "192.0.2.9", {}) == 200
    # The proxy appends the address that it was called by.
    block(app, PROXY, {"X-Forwarded-For": "192.0.2.50, 192.0.2.60"})
    assert status(app, "192.0.2.50", {}) == 200
    assert status(app, "192.0.2.60", {}) == 429


@pytest.mark.parametrize(
    "forwarded",
    [
        "192.0.2.9",
        "192.0.2.9:4711",
        "evil, 192.0.2.9",
        "192.0.2.9, 10.1.2.3",
        "[2001:db8::9]:1, 192.0.2.9 , 10.1.2.3:80 ,10.0.0.1",
        "::ffff:192.0.2.9",
        "\x00, 192.0.2.9",
        "a" * 9000 + ", 192.0.2.9",
    ],
)
def test_the_nearest_address_that_is_no_proxy_is_the_client(app: InProcess, forwarded: str) -> None:
    block(app, "::ffff:10.0.0.1", {"X-Forwarded-For": forwarded})
    assert status(app, "192.0.2.9", {}) == 429
    assert status(app, PROXY, {}) == 200


@pytest.mark.parametrize("forwarded", ["", "nonsense", "192.0.2.9, nonsense", "[", "1.2.3.4.5"])
def test_without_an_address_the_proxy_is_the_client(app: InProcess, forwarded: str) -> None:
    block(app, PROXY, {"X-Forwarded-For": forwarded})
    assert status(app, PROXY, {}) == 429
    assert status(app, "192.0.2.9", {}) == 200


@pytest.mark.parametrize(
    ("client", "scheme", "secure"),
    [
        (PROXY, "https", True),
        (PROXY, "http, HTTPS", True),
        (PROXY, "https, http", False),
        (PROXY, "gopher", False),
        ("192.0.2.1", "https", False),
    ],
)
def test_the_cookie_is_secure_where_a_proxy_was_called_over_https(
    app: InProcess, client: str, scheme: str, secure: bool
) -> None:
    headers = {"X-Forwarded-Proto": scheme}
    signed_in = app.request(
        "POST", "/login", client=client, headers=headers, data={"token": TOKEN.token}
    )
    assert ("secure" in signed_in.headers["set-cookie"].lower()) == secure


def test_a_forwarded_host_never_counts(app: InProcess) -> None:
    headers = BEARER | {"Host": "evil.example", "X-Forwarded-Host": "moodpi.test"}
    refused = app.get("/api/status", client=PROXY, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (400, "wrong_host")


@pytest.mark.parametrize("value", ['["proxy.lan"]', '["10.0.0.1/8"]', '[""]', '"10.0.0.1"', "[5]"])
def test_an_invalid_proxy_is_a_configuration_error(tmp_path: Path, value: str) -> None:
    with raises("invalid_value") as error:
        parse_config(f"[web]\ntrusted_proxies = {value}", tmp_path / "moodpi.toml")
    assert "web.trusted_proxies" in str(error.value)
    assert 'such as "192.0.2.7"' in str(error.value)
