"""The log: one line for a message with any content."""

import logging
import subprocess
import sys

import pytest

from moodpi.cli.logs import LogFormatter
from moodpi.text import MAX_MESSAGE_LENGTH

HOSTILE = "\x1b[2J\n2026-01-01 moodpi: all is well\x9b\u202e"
ESCAPED = r"\u001b[2J\u000a2026-01-01 moodpi: all is well\u009b\u202e"


def formatted(message, *arguments, **fields):
    record = logging.LogRecord("edge", logging.WARNING, "", 1, message, arguments, **fields)
    return LogFormatter("%(message)s").format(record)


def test_a_message_is_one_line_without_control_characters():
    assert formatted("skipped: %s", HOSTILE, exc_info=None) == f"skipped: {ESCAPED}"


def test_a_long_message_is_cut():
    assert len(formatted("x" * 100_000, exc_info=None)) <= MAX_MESSAGE_LENGTH


def fail():
    raise ValueError(HOSTILE)


def test_a_traceback_cannot_imitate_a_record():
    try:
        fail()
    except ValueError:
        lines = formatted("failed", exc_info=sys.exc_info()).split("\n")
    assert lines[0] == "failed"
    assert all(line.startswith("  ") for line in lines[1:])
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize(
    "failure",
    [
        "raise RuntimeError(text)",
        "import threading; threading.Thread(target=lambda: 1 / 0, name=text).start()",
        "import warnings; warnings.warn(text)",
        "import logging; logging.getLogger('uvicorn.error').error('bad request: %r %s', 1, text)",
    ],
)
def test_nothing_reaches_standard_error_unescaped(failure):
    code = (
        "from moodpi.cli.logs import start_logging\n"
        "start_logging(verbose=False)\n"
        f"text = {HOSTILE!r}\n"
        f"{failure}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    lines = done.stderr.split("\n")
    assert r"all is well\u009b\u202e" in done.stderr
    assert all(line.isprintable() for line in lines)
    assert not any(line.startswith("2026") for line in lines)
