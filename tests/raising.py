"""Expecting an error by its code instead of its wording."""

from __future__ import annotations

import pytest

from moodpi.errors import MoodpiError


def raises(code: str, kind: type[MoodpiError] = MoodpiError) -> pytest.RaisesExc[MoodpiError]:
    """Like pytest.raises, for an error of `kind` whose code is `code`."""
    return pytest.raises(kind, check=lambda error: error.code == code)
