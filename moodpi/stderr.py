"""Keeps native libraries, which write to stderr by themselves, from the person's terminal."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_turn = threading.Lock()
# How many blocks run now, and file descriptor 2 as it was before the first of them.
_blocks = 0
_terminal = -1


@contextmanager
def silenced_stderr() -> Iterator[None]:
    """Send file descriptor 2 nowhere while the block runs; Python's errors still come as raised.

    Blocks of several threads may overlap: the last one to end gives it back.
    """
    global _blocks, _terminal  # noqa: PLW0603  # there is but one descriptor 2
    with _turn:
        if _blocks == 0:
            _terminal = os.dup(2)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 2)
            os.close(nowhere)
        _blocks += 1
    try:
        yield
    finally:
        with _turn:
            _blocks -= 1
            if _blocks == 0:
                os.dup2(_terminal, 2)
                os.close(_terminal)
