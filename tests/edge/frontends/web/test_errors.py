"""HTTP errors: every code has a status, and other packages' errors have a code."""

from __future__ import annotations

from typing import get_args

import pytest

pytest.importorskip("starlette")

from edge.frontends.web.errors import STATUS, ErrorCode, to_http_error
from edge.photos.errors import (
    DecoderUnavailableError,
    DecodingTimeoutError,
    NotAnImageError,
    PhotoTooLargeError,
    UndecodableError,
)
from moodpi.errors import MoodpiError, UsageError


def test_every_code_has_a_status() -> None:
    assert set(get_args(ErrorCode)) == set(STATUS)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotAnImageError("no"), 415, "not_an_image"),
        (PhotoTooLargeError("no"), 413, "too_large"),
        (UndecodableError("no"), 422, "undecodable"),
        (DecodingTimeoutError("no"), 422, "undecodable"),
        (DecoderUnavailableError("no"), 429, "busy"),
        (UsageError("no"), 400, "bad_request"),
        (MoodpiError("no"), 500, "failed"),
    ],
)
def test_errors_of_other_packages_have_a_code(error: MoodpiError, status: int, code: str) -> None:
    http_error = to_http_error(error)
    assert (http_error.status, http_error.code) == (status, code)
