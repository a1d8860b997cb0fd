"""The errors of moodpi. A message states the problem, the value, what was expected and the fix."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable

from moodpi.text import escape_controls

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_CONFIGURATION = 78


class MoodpiError(Exception):
    """An error that the user can fix. It is printed as one line, without a traceback.

    Attributes:
        code: A short snake_case name of the kind of error, for programs and tests.
        exit_code: The exit code of a command that fails with this error.
    """

    exit_code = EXIT_FAILED
    default_code = "failed"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code or self.default_code


class UsageError(MoodpiError):
    """An argument is invalid or names something that does not exist."""

    exit_code = EXIT_USAGE
    default_code = "usage"


class ConfigurationError(MoodpiError):
    """The configuration is invalid. systemd does not restart the service on its exit code."""

    exit_code = EXIT_CONFIGURATION
    default_code = "configuration"


def report(message: str) -> None:
    """Print a message as one line on stderr, without control characters.

    Line breaks become semicolons.
    """
    line = "; ".join(stripped for part in message.split("\n") if (stripped := part.strip()))
    print(f"moodpi: {escape_controls(line)}", file=sys.stderr)


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the nearest known name, or all of them."""
    names = list(known)
    near = difflib.get_close_matches(value.lower(), names, n=1, cutoff=0.5)
    return f"did you mean '{near[0]}'?" if near else f"expected one of: {', '.join(names)}"
