"""Imports Keras without its backend's startup messages."""

from __future__ import annotations

import os

from moodpi.stderr import stderr_to_debug_log


def import_keras() -> None:
    """Import Keras and its backend; their output goes to the debug log.

    TensorFlow writes its first lines before any of its own settings could suppress them.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with stderr_to_debug_log():
        import keras  # heavy: not before output is redirected

        keras.backend.backend()
