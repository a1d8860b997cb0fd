"""Secrets of a URL are hidden in errors, logs and the printed configuration."""

from __future__ import annotations

import time

import pytest

from edge.config.dump import to_toml
from edge.config.load import load_config
from edge.sources import open_source
from moodpi.errors import MoodpiError
from moodpi.redaction import redact, redact_address, redact_arguments, without_password
from tests.raising import raises


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://me:pass@cam:554/1", "rtsp://***@cam:554/1"),
        ("rtsp://me@cam/1", "rtsp://***@cam/1"),
        ("rtsp://u:p/w@h/x", "rtsp://***@h/x"),
        ("rtsp://u:1/2@h/x", "rtsp://***@h/x"),
        ("rtsp://u:p?w#v@h/x", "rtsp://***@h/x"),
        ("http://user:p@ss@h", "http://***@h"),
        ("http://user:p@s/s@h", "http://***@h"),
        ("http://us@er:p/w@h", "http://***@h"),
        ("RTSPS://:pass@[::1]:322/1", "RTSPS://***@[::1]:322/1"),
        ("rtsp:/me:pass@cam/1", "rtsp:/***@cam/1"),
    ],
)
def test_user_and_password_are_hidden_up_to_the_last_at_sign(url, shown):
    assert without_password(url) == shown


@pytest.mark.parametrize(
    "key",
    ["pwd", "password", "pass", "token", "key", "user", "auth", "secret", "loginpas", "Api_Key"],
)
def test_only_the_values_of_secret_keys_are_hidden(key):
    shown = without_password(f"http://cam/video?size=2&{key}=a/b@c#d&rate=5")
    assert shown == f"http://cam/video?size=2&{key}=***&rate=5"


def test_keys_in_the_path_are_hidden():
    shown = without_password("rtsp://cam:554/user=admin&password=hunter2&channel=1")
    assert shown == "rtsp://cam:554/user=***&password=***&channel=1"


@pytest.mark.parametrize(
    "text",
    [
        "http://cam/a@b",
        "http://cam:8080/video?width=640&fps=10",
        "rtsp://[::1]:554/1",
        "picamera2",
        "/home/me@home/user=me.mp4",
        "",
    ],
)
def test_a_text_without_a_secret_is_unchanged(text):
    assert without_password(text) == text


def test_the_printed_configuration_shows_no_secret(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('[source]\ndevice = "rtsp://me:hunter/2@cam/1?token=hunter3"\n')
    printed = to_toml(load_config(path))
    assert 'device = "rtsp://***@cam/1?token=***"' in printed
    assert "hunter" not in printed


def test_the_error_for_a_mistyped_scheme_shows_no_secret():
    with raises("unknown_source") as caught:
        open_source("rtps://me:hunter2@cam/1")
    assert "'rtps://***@cam/1'" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("http://cam/?code=hunter2&size=1", "http://cam/?code=***&size=1"),
        ("http://cam/?pass%77ord=hunter2", "http://cam/?pass%77ord=***"),
        ("me:hunter2@cam/1", "***@cam/1"),
        ("--http-proxy=http://me:hunter2@h:1", "--http-proxy=http://***@h:1"),
        ("--http-header-fields=Authorization: Bearer x", "--http-header-fields=Authorization:***"),
        ("--ytdl-raw-options=username=me,password=x", "--ytdl-raw-options=username=***"),
        ('{"api_key": "hunter2"}', '{"api_key":***'),
        ("--audio-device=alsa/hw:1", "--audio-device=alsa/hw:1"),
        ("--volume=60", "--volume=60"),
        ("rtsp://cam:554/user=me&password=a@hunter2", "rtsp://***"),
    ],
)
def test_secrets_of_other_values_are_hidden(value, shown):
    assert without_password(value) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("hunter2@host", "***@host"),
        ("hunter2@host:6600", "***@host:6600"),
        ("mqtt://me:hunter2@host", "***@host"),
        ("localhost:6600", "localhost:6600"),
        ("[::1]:6600", "[::1]:6600"),
        ("@abstract", "@abstract"),
        ("/run/mpd@home/socket", "/run/mpd@home/socket"),
    ],
)
def test_everything_before_the_host_of_an_address_is_hidden(address, shown):
    assert redact_address(address) == shown


def test_only_the_program_and_the_options_of_a_command_are_shown():
    command = ("curl", "-u", "me:x", "-ume:x", "--password=x", "-H", "Cookie: x", "http://h/")
    assert " ".join(redact_arguments(command)) == "curl -u *** -u*** --password=*** -H *** ***"
    assert redact_arguments(()) == []


def test_urls_and_authorization_in_a_message_are_hidden():
    message = "cannot open 'rtsp://me:hunter2@cam/1?token=x': see http://h/a@b, Bearer hunter2."
    shown = "cannot open 'rtsp://***@cam/1?token=***': see http://h/a@b, Bearer ***"
    assert redact(message) == shown
    assert str(MoodpiError(message)) == shown


UNITS = [
    "a",
    " ",
    "@",
    ":",
    "=",
    "&",
    "/",
    ":/",
    "a:b@",
    "user=",
    "http://",
    "bearer ",
    "%41",
    "\n",
]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("start", ["", "http://"])
def test_the_time_is_linear_in_the_length(unit, start):
    """A quadratic expression takes longer for this length."""
    text = start + (unit * 50_000)[:50_000]
    before = time.process_time()
    for hide in (without_password, redact_address, redact):
        hide(text)
    redact_arguments([text, text])
    assert time.process_time() - before < 2
