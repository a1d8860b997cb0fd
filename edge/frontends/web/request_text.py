"""The names and texts of a request, checked in one place for every kind of body and for queries."""

from __future__ import annotations

from collections.abc import Iterable

from edge.frontends.web.errors import HttpError
from moodpi.text import has_controls, quoted

MAX_NAME_LENGTH = 100
# The longest artist of the catalogue has 382 characters.
MAX_TEXT_LENGTH = 400


def checked_fields(fields: Iterable[tuple[str, object]]) -> dict[str, str | None]:
    """The fields by name.

    Raises HttpError "bad_request" for a repeated name, a value that is not a text or null, a text
    that is too long, and control characters.
    """
    checked: dict[str, str | None] = {}
    for name, value in fields:
        _check_text("a field's name", name, MAX_NAME_LENGTH)
        if name in checked:
            raise HttpError("bad_request", f"the field {quoted(name)} is repeated")
        if value is not None and not isinstance(value, str):
            raise HttpError("bad_request", f"{name}: expected a text")
        if value is not None:
            _check_text(name, value, MAX_TEXT_LENGTH)
        checked[name] = value
    return checked


def _check_text(name: str, text: str, max_length: int) -> None:
    if len(text) > max_length:
        raise HttpError(
            "bad_request",
            f"{name} has {len(text)} characters, {quoted(text)}: expected at most {max_length}",
        )
    if has_controls(text):
        raise HttpError(
            "bad_request", f"{name} = {quoted(text)}: expected a text without control characters"
        )
