"""Redirection of file descriptor 2, to which native libraries write directly."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger(__name__)

_lock = threading.Lock()
# The number of active blocks, and a duplicate of descriptor 2 from before the first of them.
_blocks = 0
_terminal = -1


@contextmanager
def silenced_stderr() -> Iterator[None]:
    """Discard everything that is written to descriptor 2 in the block; exceptions propagate.

    Blocks of several threads may overlap: the last one to end restores the descriptor.
    """
    with Path(os.devnull).open("wb") as null, _redirected_to(null.fileno()):
        yield


@contextmanager
def stderr_to_debug_log() -> Iterator[None]:
    """Log everything that is written to descriptor 2 in the block, with level DEBUG.

    Python's warnings are suppressed. Overlaps with other blocks like silenced_stderr; only the
    first of overlapping blocks receives the output.
    """
    with tempfile.TemporaryFile() as output:
        try:
            with _redirected_to(output.fileno()), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        finally:
            output.seek(0)
            for line in output.read().decode(errors="replace").splitlines():
                log.debug("%s", line)


@contextmanager
def _redirected_to(target: int) -> Iterator[None]:
    global _blocks, _terminal  # noqa: PLW0603  # descriptor 2 belongs to the whole process
    with _lock:
        if _blocks == 0:
            sys.stderr.flush()
            _terminal = os.dup(2)
            os.dup2(target, 2)
        _blocks += 1
    try:
        yield
    finally:
        with _lock:
            _blocks -= 1
            if _blocks == 0:
                sys.stderr.flush()
                os.dup2(_terminal, 2)
                os.close(_terminal)
