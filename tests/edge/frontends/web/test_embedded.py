"""The page that the daemon serves: retries, and warnings that are not repeated."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable

import pytest

pytest.importorskip("uvicorn")

from edge.config.load import Config
from edge.daemon.preview import Preview
from edge.frontends.web.embedded import EmbeddedServer
from moodpi.errors import MoodpiError
from tests.waiting import wait_for

TAKEN = "port 8377: Address already in use"


class ScriptedServer:
    """A server that does one step per attempt.

    It fails to start, as expected or not, serves and then fails, or serves.
    """

    def __init__(self, steps: list[str]) -> None:
        self.steps = queue.SimpleQueue[str]()
        for step in steps:
            self.steps.put(step)
        self.stopped = queue.SimpleQueue[None]()

    def __call__(self, _config: Config, _preview: Preview | None) -> ScriptedServer:
        self.step = self.steps.get()
        if self.step == "cannot start":
            raise MoodpiError(TAKEN)
        if self.step == "breaks":
            raise KeyError("a setting")
        return self

    def address(self) -> str:
        return "moodpi is at http://127.0.0.1:8377/"

    def private_address(self) -> str:
        return "http://127.0.0.1:8377/"

    def serve(self, on_ready: Callable[[], None]) -> None:
        on_ready()
        if self.step == "fails":
            raise MoodpiError(TAKEN)
        self.stopped.get()

    def stop(self) -> None:
        self.stopped.put(None)


def warnings_after(steps: list[str], caplog: pytest.LogCaptureFixture) -> list[str]:
    """The warnings logged until the server serves; the last step is "serves"."""
    server = ScriptedServer([*steps, "serves"])
    with (
        caplog.at_level(logging.INFO),
        EmbeddedServer(Config(), create_server=server, retry_interval=0.001),
    ):
        starts = 1 + steps.count("fails")
        wait_for(
            lambda: sum("moodpi is at" in text for text in caplog.messages) == starts,
            "the server to serve",
        )
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


def test_a_repeated_failure_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    [warning] = warnings_after(["cannot start"] * 5, caplog)
    assert TAKEN in warning


def test_the_same_failure_is_logged_again_after_a_recovery(
    caplog: pytest.LogCaptureFixture,
) -> None:
    steps = ["cannot start", "cannot start", "fails", "cannot start", "cannot start"]
    assert len(warnings_after(steps, caplog)) == 2


def test_an_unexpected_error_is_logged_once_and_does_not_end_the_page(
    caplog: pytest.LogCaptureFixture,
) -> None:
    [warning] = warnings_after(["breaks"] * 3, caplog)
    assert "unexpected KeyError" in warning
    assert len([record for record in caplog.records if record.exc_info]) == 1
