"""Secrets of a URL are hidden in errors, logs and the printed configuration."""

from __future__ import annotations

import pytest

from edge.config.dump import to_toml
from edge.config.load import load_config
from edge.sources import open_source
from moodpi.redaction import without_password
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
