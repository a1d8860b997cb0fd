"""The JSON bodies of requests, validated; HttpError or UsageError if they are invalid."""

from __future__ import annotations

import json
from typing import Any

from edge.daemon.commands import COMMANDS, PAGE_COMMANDS, find_command
from edge.frontends.web.errors import HttpError
from edge.frontends.web.request_text import checked_fields

MAX_BODY_BYTES = 4096
FEEDBACK_FIELDS = ("verdict", "track", "artist")


def parse_feedback(body: bytes) -> tuple[str, str | None, str | None]:
    """The verdict, and either the track or the artist; the other one is None."""
    fields = _object(body)
    if not fields.keys() <= set(FEEDBACK_FIELDS):
        expected = ", ".join(FEEDBACK_FIELDS)
        raise HttpError("bad_request", f"expected an object with only these fields: {expected}")
    COMMANDS["feedback"].validate(fields)
    track, artist = fields.get("track"), fields.get("artist")
    if len(fields) != 2 or not (track or artist or "").strip():
        raise HttpError(
            "bad_request", "expected either 'track', an id or a link, or 'artist', a name"
        )
    return fields["verdict"] or "", track, artist


def parse_command(body: bytes) -> dict[str, Any]:
    """The field `command` and its arguments, for edge.frontends.control.send_command."""
    fields = _object(body)
    arguments = {name: value for name, value in fields.items() if name != "command"}
    find_command(fields.get("command"), PAGE_COMMANDS).validate(arguments)
    return fields


def parse_preview(body: bytes) -> str:
    """The token of a link to the preview."""
    fields = _object(body)
    if fields.keys() != {"token"}:
        raise HttpError("bad_request", "expected an object with the field 'token'")
    return fields["token"] or ""


def _object(body: bytes) -> dict[str, str | None]:
    """The fields of a JSON object whose values are texts or null."""
    try:
        # The pairs of an object, to find repeated names; a list of them is no object.
        pairs: Any = json.loads(body.decode(), object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        pairs = None
    if not isinstance(pairs, _Pairs):
        raise HttpError("bad_request", "expected a JSON object")
    return checked_fields(pairs)


class _Pairs(list[tuple[str, object]]):
    """The names and values of a JSON object, in order."""
