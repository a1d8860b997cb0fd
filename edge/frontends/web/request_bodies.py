"""Small JSON bodies, checked field by field; HttpError 400 for what makes no sense."""

from __future__ import annotations

import json
from typing import Any

from edge.frontends.web.errors import HttpError
from edge.music.profile import Verdict
from edge.music.strategies import STRATEGIES
from moodpi.errors import did_you_mean

MOST_BYTES = 4096
# What the running moodpi is told by the page; its strategy has a field of its own.
COMMANDS = ("pause", "resume", "next", "strategy")


def parse_feedback(body: bytes) -> tuple[str, str | None, str | None]:
    """A verdict, and the track or else the artist that it is on."""
    said = _object(body, ("verdict", "track", "artist"))
    verdict, track, artist = (said.get(key) for key in ("verdict", "track", "artist"))
    if not isinstance(verdict, str) or verdict not in list(Verdict):
        raise _bad(f"verdict: {did_you_mean(str(verdict), [*Verdict])}")
    given = [key for key in ("track", "artist") if key in said]
    if len(given) != 1 or not isinstance(said[given[0]], str) or not said[given[0]].strip():
        raise _bad("expected a track's id or link, or an artist's name, one of the two")
    return verdict, track, artist


def parse_command(body: bytes) -> dict[str, str]:
    """The command and its fields, as edge.frontends.control takes them."""
    said = _object(body, ("command", "strategy"))
    command, strategy = said.get("command"), said.get("strategy")
    if not isinstance(command, str) or command not in COMMANDS:
        raise _bad(f"command: {did_you_mean(str(command), COMMANDS)}")
    if (command == "strategy") != ("strategy" in said):
        raise _bad('a strategy goes with the command "strategy", and with no other')
    if command != "strategy":
        return {"command": command}
    if not isinstance(strategy, str) or strategy not in STRATEGIES:
        raise _bad(f"strategy: {did_you_mean(str(strategy), STRATEGIES)}")
    return {"command": command, "strategy": strategy}


def _object(body: bytes, keys: tuple[str, ...]) -> dict[str, Any]:
    try:
        said: Any = json.loads(body)
    except ValueError:
        raise _bad("expected a JSON object") from None
    if not isinstance(said, dict) or not said.keys() <= set(keys):
        raise _bad(f"expected a JSON object with no fields but {', '.join(keys)}")
    return said


def _bad(message: str) -> HttpError:
    return HttpError(400, "bad_request", message)
