"""The options of a photo request, from the query string or from form fields."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from edge.frontends.web.errors import HttpError
from edge.music.strategies import STRATEGIES
from models.registry import Registry
from moodpi.errors import did_you_mean
from moodpi.text import quoted

MAX_TRACKS = 50
MAX_FACE = 1000
MAX_SEED = 2**63 - 1


@dataclass(frozen=True)
class PhotoRequest:
    """The options of one photo; None stands for the configured value.

    face: the index of the face that decides, in the order of PhotoSearch.find.
    """

    model: str | None = None
    format: str | None = None
    strategy: str | None = None
    count: int | None = None
    seed: int | None = None
    face: int = 0


CONFIGURED = PhotoRequest()


def parse_photo_request(
    values: Mapping[str, str | None], options: Collection[str], defaults: PhotoRequest = CONFIGURED
) -> PhotoRequest:
    """`defaults`, overridden by `values`.

    options: the accepted names. Raises HttpError "bad_request" for an unknown name or value.
    """
    for name in values:
        if name not in options:
            raise _bad_request(f"unknown parameter {quoted(name)}: {did_you_mean(name, options)}")
    parsed = {name: PARSERS[name](name, text or "") for name, text in values.items()}
    request = replace(defaults, **parsed)
    if "model" in parsed or "format" in parsed:
        _check_artefact(request.model, request.format)
    return request


def _text(_name: str, text: str) -> str:
    return text


def _strategy(_name: str, text: str) -> str:
    if text not in STRATEGIES:
        raise _bad_request(f"unknown strategy {quoted(text)}: {did_you_mean(text, STRATEGIES)}")
    return text


def _integer(minimum: int, maximum: int) -> Callable[[str, str], int]:
    def parse(name: str, text: str) -> int:
        valid = text.isascii() and text.isdecimal() and len(text) < 20
        if not valid or not minimum <= int(text) <= maximum:
            raise _bad_request(
                f"{name} = {quoted(text)}: expected a whole number from {minimum} to {maximum}"
            )
        return int(text)

    return parse


PARSERS: dict[str, Callable[[str, str], Any]] = {
    "model": _text,
    "format": _text,
    "strategy": _strategy,
    "count": _integer(1, MAX_TRACKS),
    "seed": _integer(0, MAX_SEED),
    "face": _integer(0, MAX_FACE),
}
RECOMMEND_OPTIONS = tuple(PARSERS)
CLASSIFY_OPTIONS = ("model", "format")
COMPARE_OPTIONS = ("face",)


def _check_artefact(model: str | None, artefact_format: str | None) -> None:
    registry = Registry()
    models = registry.models()
    if model is not None and model not in models:
        raise _bad_request(f"unknown model {quoted(model)}: {did_you_mean(model, models)}")
    formats = {f for name in models if model in (None, name) for f in registry.formats(name)}
    if artefact_format is not None and artefact_format not in formats:
        raise _bad_request(
            f"unknown format {quoted(artefact_format)}: {did_you_mean(artefact_format, formats)}"
        )


def _bad_request(message: str) -> HttpError:
    return HttpError("bad_request", message)
