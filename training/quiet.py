"""Keeps what TensorFlow's C++ side writes on stderr from the person who asked for one table."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)


def import_keras() -> None:
    """Import Keras and its backend without their greetings."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with quiet():
        import keras

        keras.backend.backend()


@contextmanager
def quiet() -> Iterator[None]:
    """Send file descriptor 2 and Python's warnings to the debug log while the block runs.

    TensorFlow logs its first lines before any setting of its own could silence them.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as aside:
        os.dup2(aside.fileno(), 2)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            aside.seek(0)
            for line in aside.read().decode(errors="replace").splitlines():
                log.debug("%s", line)
