"""The paths of home folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from moodpi.errors import UsageError
from moodpi.paths import expand_home
from tests.raising import raises


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert expand_home("~/music") == Path("/home/me/music")
    assert expand_home("/a~b") == Path("/a~b")


def test_an_unknown_user_has_no_home_folder() -> None:
    with raises("no_home_folder", UsageError):
        expand_home("~no-such-user/music")
