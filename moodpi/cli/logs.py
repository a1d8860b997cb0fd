"""Logging to standard error. Warnings and uncaught exceptions are logged, too."""

from __future__ import annotations

import logging
import os
import sys
import threading
import warnings
from contextlib import suppress
from types import TracebackType
from typing import Any, TextIO

from moodpi.redaction import redact
from moodpi.text import escape_controls, shortened

logger = logging.getLogger(__name__)

# Packages whose INFO records are printed; of other packages, only warnings are.
MOODPI_PACKAGES = ("moodpi", "edge", "catalog", "models", "training", "convert")


class LogFormatter(logging.Formatter):
    """Formats a record without control characters and without secrets in URLs.

    The message is one line at the margin. The lines of a traceback are indented, which a message
    cannot imitate.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        return _line(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return _indented(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        return _indented(super().formatStack(stack_info))


def start_logging(*, verbose: bool) -> None:
    """Log to standard error: INFO of moodpi's packages and warnings of others; all if `verbose`.

    The handler has its own file descriptor, because moodpi/stderr.py silences descriptor 2 while
    native libraries load and another thread can log meanwhile.
    """
    stream = sys.stderr
    with suppress(OSError):  # stderr is closed
        stream = os.fdopen(os.dup(2), "w", encoding=stream.encoding, errors="backslashreplace")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LogFormatter("%(message)s"))
    if not verbose:
        handler.addFilter(_is_relevant)
    logging.basicConfig(level=logging.DEBUG if verbose else logging.INFO, handlers=[handler])
    warnings.showwarning = _log_warning
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    sys.unraisablehook = _log_unraisable


def _line(text: str) -> str:
    return escape_controls(shortened(redact(text)))


def _indented(text: str) -> str:
    return "\n".join(f"  {_line(line)}" for line in text.split("\n"))


def _is_relevant(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in MOODPI_PACKAGES


def _log_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    logger.warning("%s:%d: %s: %s", filename, lineno, category.__name__, message)


def _log_uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    logger.critical("moodpi failed", exc_info=(kind, error, traceback))


def _log_uncaught_in_thread(failure: threading.ExceptHookArgs) -> None:
    if failure.exc_value is None or failure.exc_type is SystemExit:
        return
    name = failure.thread.name if failure.thread else "unknown"
    logger.critical(
        "the thread %s failed",
        name,
        exc_info=(failure.exc_type, failure.exc_value, failure.exc_traceback),
    )


def _log_unraisable(failure: sys.UnraisableHookArgs) -> None:
    if failure.exc_value is not None:
        logger.error(
            "%s",
            failure.err_msg or "an exception was ignored",
            exc_info=(failure.exc_type, failure.exc_value, failure.exc_traceback),
        )
