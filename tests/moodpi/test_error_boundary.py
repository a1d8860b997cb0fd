"""Unexpected exceptions become MoodpiErrors; their tracebacks are logged once."""

from __future__ import annotations

import json

import pytest

from moodpi.error_boundary import error_boundary
from moodpi.errors import MoodpiError
from tests.raising import raises


def parse(text: str) -> object:
    with error_boundary("the file"):
        return json.loads(text)


@pytest.mark.parametrize("text", ["[" * 5000, "9" * 5000, "\0"])
def test_an_unexpected_exception_becomes_one_error_with_one_traceback(text, caplog) -> None:
    for _ in range(3):
        with raises("unexpected"):
            parse(text)
    assert caplog.text.count("Traceback") <= 1


def test_the_traceback_of_each_place_is_logged(caplog) -> None:
    for _ in range(3):
        with raises("unexpected"), error_boundary("the division"):
            _ = 1 / 0
    assert caplog.text.count("Traceback") == 1
    assert "the division: unexpected ZeroDivisionError" in caplog.text


def test_an_expected_error_passes_without_a_traceback(caplog) -> None:
    with raises("cold"), error_boundary("the weather"):
        raise MoodpiError("it is cold", code="cold")
    assert caplog.text == ""


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_exit_or_an_interrupt_passes(kind) -> None:
    with pytest.raises(kind), error_boundary("the run"):
        raise kind


def test_the_reason_is_short_and_on_one_line() -> None:
    with raises("unexpected") as raised, error_boundary("the file"):
        raise ValueError("a\nb\x1b" * 100_000)
    assert len(str(raised.value)) < 300
    assert "\n" not in str(raised.value)
