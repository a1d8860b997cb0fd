"""The one error family. Every message says what, its value, what was expected and what to do."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterable

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_CONFIGURATION = 78


class MoodpiError(Exception):
    """An error that the user can act on. It is printed as one line, without a traceback.

    code: a short snake_case name of the kind of error, for programs and tests.
    """

    exit_code = EXIT_FAILED
    default_code = "failed"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code or self.default_code


class UsageError(MoodpiError):
    """The command line names something that does not exist or does not fit."""

    exit_code = EXIT_USAGE
    default_code = "usage"


class ConfigurationError(MoodpiError):
    """The configuration cannot be used; systemd does not restart on its exit code."""

    exit_code = EXIT_CONFIGURATION
    default_code = "configuration"


def report(message: str) -> None:
    """Tell the person at the keyboard: one line on stderr, whatever the message holds."""
    line = re.sub(r"\s*\n\s*", "; ", message.strip())
    print(f"moodpi: {line}", file=sys.stderr)


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """The tail of a message about an unknown name: the nearest known one, or all of them."""
    names = list(known)
    near = difflib.get_close_matches(value.lower(), names, n=1, cutoff=0.5)
    return f"did you mean '{near[0]}'?" if near else f"expected one of: {', '.join(names)}"
