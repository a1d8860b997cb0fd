"""Warnings that are logged once until a recovery."""

from __future__ import annotations

import logging

import pytest

from edge.system.log_once import LogOnce


@pytest.fixture
def once() -> LogOnce:
    return LogOnce(logging.getLogger("edge.test"))


def test_the_same_warning_is_logged_once(once: LogOnce, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        once.warning("the server at %s is unreachable: %s", "host", "refused")
    assert caplog.messages == ["the server at host is unreachable: refused"]
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_each_distinct_warning_is_logged(once: LogOnce, caplog: pytest.LogCaptureFixture) -> None:
    for reason in ("refused", "no route", "refused"):
        once.warning("unreachable: %s", reason)
    assert caplog.messages == ["unreachable: refused", "unreachable: no route"]


def test_a_warning_is_logged_again_after_a_reset(
    once: LogOnce, caplog: pytest.LogCaptureFixture
) -> None:
    once.warning("100 % full")
    once.reset()
    once.warning("100 % full")
    assert caplog.messages == ["100 % full", "100 % full"]


def test_logged_tells_whether_there_was_a_warning_since_the_reset(once: LogOnce) -> None:
    assert not once.logged
    once.warning("unreachable")
    assert once.logged
    once.reset()
    assert not once.logged
