"""Redirection of what native libraries write to stderr."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import warnings

import pytest

from moodpi.stderr import silenced_stderr, stderr_to_debug_log


def test_output_in_the_block_is_discarded(capfd: pytest.CaptureFixture[str]) -> None:
    with silenced_stderr():
        os.write(2, b"native output\n")
    os.write(2, b"after it\n")
    assert capfd.readouterr().err == "after it\n"


def test_the_last_of_two_overlapping_blocks_restores_stderr(
    capfd: pytest.CaptureFixture[str],
) -> None:
    inside, leave = threading.Event(), threading.Event()

    def other() -> None:
        with silenced_stderr():
            inside.set()
            leave.wait(5)

    thread = threading.Thread(target=other)
    with silenced_stderr():
        thread.start()
        assert inside.wait(5)
    os.write(2, b"still silenced\n")
    leave.set()
    thread.join()
    os.write(2, b"visible again\n")
    assert capfd.readouterr().err == "visible again\n"


def test_an_error_in_the_block_restores_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="inside"), silenced_stderr():
        raise ValueError("inside")
    os.write(2, b"visible\n")
    assert capfd.readouterr().err == "visible\n"


def test_log_lines_are_not_discarded() -> None:
    code = (
        "import logging, os; from moodpi.stderr import silenced_stderr\n"
        "from moodpi.cli.dispatch import start_logging\n"
        "start_logging(verbose=False)\n"
        "with silenced_stderr():\n"
        "    os.write(2, b'native output')\n"
        "    logging.getLogger('edge').info('connection refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "connection refused\n"


def test_output_in_the_block_goes_to_the_debug_log(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "moodpi.stderr")
    with stderr_to_debug_log():
        os.write(2, b"native output\n")
        warnings.warn("deprecated", stacklevel=1)
    os.write(2, b"after it\n")
    assert caplog.messages == ["native output"]
    assert capfd.readouterr().err == "after it\n"


def test_output_before_an_error_goes_to_the_debug_log(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        os.write(2, b"the reason\n")
        raise ValueError("inside")

    caplog.set_level(logging.DEBUG, "moodpi.stderr")
    with pytest.raises(ValueError, match="inside"), stderr_to_debug_log():
        fail()
    assert caplog.messages == ["the reason"]
