"""Silencing what native libraries write to stderr."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from moodpi.stderr import silenced_stderr


def test_what_is_written_meanwhile_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    with silenced_stderr():
        os.write(2, b"native noise\n")
    os.write(2, b"after it\n")
    assert capfd.readouterr().err == "after it\n"


def test_blocks_of_two_threads_that_overlap_give_stderr_back(
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
    os.write(2, b"heard again\n")
    assert capfd.readouterr().err == "heard again\n"


def test_an_error_in_the_block_gives_stderr_back(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="inside"), silenced_stderr():
        raise ValueError("inside")
    os.write(2, b"heard\n")
    assert capfd.readouterr().err == "heard\n"


def test_what_another_thread_logs_meanwhile_is_heard() -> None:
    code = (
        "import logging, os; from moodpi.stderr import silenced_stderr\n"
        "from moodpi.cli.dispatch import start_logging\n"
        "start_logging(verbose=False)\n"
        "with silenced_stderr():\n"
        "    os.write(2, b'native noise')\n"
        "    logging.getLogger('edge').info('the broker refuses')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "the broker refuses\n"
