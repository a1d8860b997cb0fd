"""The errors of moodpi. A message states the problem, the value, what was expected and the fix."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress

from moodpi.redaction import redact
from moodpi.text import MAX_QUOTED_LENGTH, clean_text, escape_controls, quoted, shortened

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_CONFIGURATION = 78

# difflib's time grows with the square of a text's length.
MAX_COMPARED_LENGTH = 60
MAX_COMPARED_NAMES = 1_000
# The names that an error message lists.
MAX_LISTED_NAMES = 50


class MoodpiError(Exception):
    """An error that the user can fix. It is printed as one line, without a traceback.

    Secrets in URLs of its message are replaced by `***`, and lone surrogates, which stand for bytes
    of a file name that are not UTF-8, by escape sequences: every receiver can encode the message.

    Attributes:
        code: A short snake_case name of the kind of error, for programs and tests.
        exit_code: The exit code of a command that fails with this error.
    """

    exit_code = EXIT_FAILED
    default_code = "failed"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(redact(message).encode(errors="backslashreplace").decode())
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
    """Print a message as one line on stderr, without control characters and secrets in URLs.

    Line breaks become semicolons. The middle of a long message is left out.
    """
    line = "; ".join(stripped for part in message.split("\n") if (stripped := part.strip()))
    # The message is lost, and the exit code remains, if nobody can read it.
    with suppress(OSError):
        print(f"moodpi: {escape_controls(shortened(redact(line)))}", file=sys.stderr)  # noqa: T201


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the nearest known name, or the known names."""
    names = list(known)
    if near := nearest_name(value, names):
        return f"did you mean {quoted(near)}?"
    listed = [clean_text(name, MAX_QUOTED_LENGTH) for name in names[:MAX_LISTED_NAMES]]
    others = len(names) - len(listed)
    return f"expected one of: {', '.join(listed)}" + (f" and {others:,} others" if others else "")


def nearest_name(value: str, names: Sequence[str], cutoff: float = 0.5) -> str | None:
    """The name most similar to a value, or None if none is similar.

    The time is bounded: a long value is similar to no name, and only the first MAX_COMPARED_NAMES
    are compared. Of a long list, these are names with the first letter of the value.

    cutoff: The lowest similarity, 0 to 1 (difflib's ratio).
    """
    import difflib  # only an error needs it

    value = value.lower()
    if not 0 < len(value) <= MAX_COMPARED_LENGTH:
        return None
    if len(names) > MAX_COMPARED_NAMES:
        names = [name for name in names if name[:1].lower() == value[0]]
    compared = [n for n in names[:MAX_COMPARED_NAMES] if len(n) <= MAX_COMPARED_LENGTH]
    return next(iter(difflib.get_close_matches(value, compared, n=1, cutoff=cutoff)), None)
