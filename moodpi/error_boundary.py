"""The boundary at which input from outside enters: no exception passes it except MoodpiError."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from moodpi.errors import MoodpiError
from moodpi.text import clean_text

log = logging.getLogger(__name__)

MAX_REASON_LENGTH = 200

# Type, file and line of the exceptions whose tracebacks were logged.
_logged: set[tuple[type[Exception], str, int]] = set()


@contextmanager
def error_boundary(subject: str) -> Iterator[None]:
    """Raise every exception of the block as a MoodpiError, so that callers can refuse the input.

    A MoodpiError passes unchanged. Any other exception has the code `unexpected`. Its traceback is
    logged once for each line of code that raises it. KeyboardInterrupt, SystemExit and other
    exceptions that are no errors pass too.

    subject: What the block processes, for the message.
    """
    try:
        yield
    except MoodpiError:
        raise
    except Exception as error:
        _log_once(subject, error)
        reason = clean_text(str(error), MAX_REASON_LENGTH)
        raise MoodpiError(
            f"{subject}: unexpected {type(error).__name__}: {reason}", code="unexpected"
        ) from error


def _log_once(subject: str, error: Exception) -> None:
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    place = (type(error), frame.f_code.co_filename, line)
    if place not in _logged:
        _logged.add(place)
        log.error("%s: unexpected %s", subject, type(error).__name__, exc_info=error)
