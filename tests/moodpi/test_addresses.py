"""Addresses with user names and passwords of any characters, which are never printed."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import quote, unquote

import pytest

from moodpi.addresses import parse_url, split_port
from moodpi.errors import MoodpiError, UsageError
from moodpi.redaction import redact, without_password
from tests.raising import raises

hypothesis = pytest.importorskip("hypothesis", reason="needs moodpi[dev]")
st = pytest.importorskip("hypothesis.strategies", reason="needs moodpi[dev]")

fast = hypothesis.settings(
    max_examples=200,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)
# Any characters but control characters, which the configuration refuses.
TEXT = st.text(
    st.one_of(
        st.sampled_from("@:/?#%[]&=+ \\\"'.-"),
        st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf"]),
    ),
    max_size=12,
)
NAMES = TEXT.filter(lambda text: ":" not in text)
# A word that no other part contains.
PASSWORDS = st.tuples(TEXT, TEXT).map(lambda ends: f"{ends[0]}hUnter2{ends[1]}")
HOSTS = st.sampled_from(["cam", "cam.local", "192.0.2.7", "[2001:db8::1]"])
PORTS = st.sampled_from(["", ":80", ":65535"])
TARGETS = st.sampled_from(["", "/", "/video", "/video?size=1&fps=5", "/user=1"])


@fast
@hypothesis.given(NAMES, PASSWORDS, HOSTS, PORTS, TARGETS, st.booleans())
def test_user_name_and_password_are_read_and_never_shown(
    name, password, host, port, target, is_encoded
):
    encoded = is_encoded or unquote(name) != name or unquote(password) != password
    credentials = f"{quote(name, safe='')}:{quote(password, safe='')}"
    url = f"http://{credentials if encoded else f'{name}:{password}'}@{host}{port}{target}"
    parsed = parse_url(url)
    assert (parsed.username, parsed.password) == (name, password)
    assert parsed.netloc == f"{host}{port}"
    assert parsed.target == (target or "/")
    # The form for FFmpeg leads to the same parts.
    assert parse_url(parsed.with_credentials()) == parsed
    shown = without_password(url)
    for text in (shown, redact(f"no stream at {shown}"), repr(parsed), str(MoodpiError(shown))):
        assert "hUnter2" not in text
        assert quote(password, safe="") not in text


@fast
@hypothesis.given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_usage_error(text):
    with suppress(UsageError):
        parsed = parse_url(f"rtsp://{text}")
        assert parsed.host
        assert parse_url(parsed.with_credentials()).username == parsed.username


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://cam/a@b", ("", "", "cam", None, "/a@b")),
        ("http://192.0.2.7:80/x?to=a@b:c", ("", "", "192.0.2.7", 80, "/x?to=a@b:c")),
        ("http://me:pw@192.0.2.7/x?to=a@b", ("me", "pw", "192.0.2.7", None, "/x?to=a@b")),
        ("rtsp://me@cam", ("me", "", "cam", None, "/")),
        ("RTSP://u:1/2@h:554/x", ("u", "1/2", "h", 554, "/x")),
        ("http://us@er:p/w@h", ("us@er", "p/w", "h", None, "/")),
        ("http://[::1]:8080/ä b#c", ("", "", "::1", 8080, "/%C3%A4%20b")),
        ("http://cam?now", ("", "", "cam", None, "/?now")),
        ("http://u:%FF@cam/", ("u", "\udcff", "cam", None, "/")),
    ],
)
def test_the_last_at_sign_ends_the_password_except_after_a_numeric_address(url, parts):
    parsed = parse_url(url)
    found = (parsed.username, parsed.password, parsed.host, parsed.port, parsed.target)
    assert found == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("localhost", ("localhost", None)),
        ("localhost:6600", ("localhost", 6600)),
        ("::1", ("::1", None)),
        ("[::1]", ("::1", None)),
        ("[::1]:6601", ("::1", 6601)),
        ("2001:db8::1", ("2001:db8::1", None)),
    ],
)
def test_an_ipv6_address_needs_brackets_only_in_front_of_a_port(text, parts):
    assert split_port(text) == parts


@pytest.mark.parametrize("url", ["http://", "http://cam:x/", "http://me:pw@", "http://cam:-1", "a"])
def test_an_impossible_address_is_an_error(url):
    with raises("invalid_address", UsageError):
        parse_url(url)
