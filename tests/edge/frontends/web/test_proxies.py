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
    "X-Forwarded-Prefix": "/evil",
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


def signed_in(app: InProcess, path: str, client: str, headers: dict[str, str]) -> str:
    """The cookie of a sign-in."""
    answer = app.request("POST", path, client=client, headers=headers, data={"token": TOKEN.token})
    assert (answer.status_code, answer.headers["location"]) == (303, "./")
    return str(answer.headers["set-cookie"]).lower()


@pytest.mark.parametrize(
    ("client", "prefix", "path"),
    [
        (PROXY, "/moodpi", "/moodpi/"),
        (PROXY, "/a/b/", "/a/b/"),
        (PROXY, "/evil, /moodpi", "/moodpi/"),
        (PROXY, "//evil.example", "/"),
        (PROXY, "moodpi; domain=evil", "/"),
        ("192.0.2.1", "/moodpi", "/"),
    ],
)
def test_the_cookie_is_for_the_prefix_that_a_proxy_reports(
    app: InProcess, client: str, prefix: str, path: str
) -> None:
    cookie = signed_in(app, "/login", client, {"X-Forwarded-Prefix": prefix})
    assert f"; path={path};" in cookie


@pytest.mark.parametrize("root", ["/moodpi", "/home/moodpi", "/moodpi/"])
def test_the_page_answers_below_its_root_and_at_the_root(tmp_path: Path, root: str) -> None:
    app = InProcess(tmp_path, PROXY, root=root)
    root = root.rstrip("/")
    assert f"; path={root}/;" in signed_in(app, f"{root}/login", PROXY, {})
    for path in ("/api/status", f"{root}/api/status", f"{root}/static/page.js", f"{root}/healthz"):
        assert app.get(path, headers=BEARER).status_code == 200
    assert app.get(f"{root}/api/status").status_code == 401
    assert app.get(f"{root}/").headers["location"] == "login"
    assert app.get(root).headers["location"] == f"{root}/"
    for path in (f"{root}x/api/status", f"{root}{root}/api/status"):
        assert app.get(path, headers=BEARER).status_code == 404


def test_responses_below_a_root_are_counted_by_their_routes(tmp_path: Path) -> None:
    app = InProcess(tmp_path, PROXY, root="/moodpi")
    assert app.get("/moodpi/api/status", client=PROXY, headers=BEARER).status_code == 200
    counts = app.get("/moodpi/metrics", client=PROXY, headers=BEARER).text
    assert 'moodpi_web_responses_total{route="/api/status",status="200"} 1' in counts


def test_a_configured_origin_is_accepted_and_can_frame_the_page(tmp_path: Path) -> None:
    app = InProcess(tmp_path, PROXY, origins=("https://Home.example:8123",))
    for origin, status in (
        ("https://home.example:8123", 200),
        ("http://moodpi.test", 200),
        ("http://home.example:8123", 403),
        ("null", 403),
    ):
        answer = app.get("/api/status", headers=BEARER | {"Origin": origin})
        assert answer.status_code == status
        policy = answer.headers["content-security-policy"]
        assert "; frame-ancestors 'self' https://Home.example:8123" in policy
        assert "x-frame-options" not in answer.headers
        if status == 403:
            assert origin in answer.json()["error"]
            assert "moodpi.test" in answer.json()["error"]
    over_https = {"X-Forwarded-Proto": "https"}
    cookie = signed_in(app, "/login", PROXY, over_https)
    assert cookie.endswith("; samesite=none; secure; partitioned")
    assert "samesite=strict" in signed_in(app, "/login", PROXY, {})


def test_without_origins_no_page_can_frame_this_one(app: InProcess) -> None:
    answer = app.get("/healthz")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"
    assert "samesite=strict" in signed_in(app, "/login", PROXY, {"X-Forwarded-Proto": "https"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("root", '"moodpi"'),
        ("root", '"/a//b"'),
        ("root", '"/a;b"'),
        ("origins", '["home.example"]'),
        ("origins", '["https://home.example/"]'),
        ("origins", '["null"]'),
        ("origins", '["https://a; script-src *"]'),
    ],
)
def test_an_invalid_root_or_origin_is_a_configuration_error(
    tmp_path: Path, name: str, value: str
) -> None:
    with raises("invalid_value") as error:
        parse_config(f"[web]\n{name} = {value}", tmp_path / "moodpi.toml")
    assert f"web.{name}" in str(error.value)


@pytest.mark.parametrize("value", ['["proxy.lan"]', '["10.0.0.1/8"]', '[""]', '"10.0.0.1"', "[5]"])
def test_an_invalid_proxy_is_a_configuration_error(tmp_path: Path, value: str) -> None:
    with raises("invalid_value") as error:
        parse_config(f"[web]\ntrusted_proxies = {value}", tmp_path / "moodpi.toml")
    assert "web.trusted_proxies" in str(error.value)
    assert 'such as "192.0.2.7"' in str(error.value)
