"""What a request asks of its picture, from the address or from the form's fields."""

from __future__ import annotations

from collections.abc import Mapping

from edge.frontends.web.errors import HttpError
from edge.frontends.web.photo_service import PhotoRequest
from edge.music.strategies import STRATEGIES
from models.registry import Registry
from moodpi.errors import did_you_mean

MOST_TRACKS = 50
MOST_FACES = 1000
LARGEST_SEED = 2**63 - 1
NAMES = ("model", "format", "strategy", "count", "seed", "face")


def parse_photo_request(values: Mapping[str, str], names: tuple[str, ...] = NAMES) -> PhotoRequest:
    """The wish, every part checked before a picture is. Raises HttpError 400."""
    for name in values:
        if name not in names:
            raise _bad(f"unknown parameter '{name}': {did_you_mean(name, names)}")
    strategy = values.get("strategy")
    if strategy is not None and strategy not in STRATEGIES:
        raise _bad(f"unknown strategy '{strategy}': {did_you_mean(strategy, STRATEGIES)}")
    model, artefact_format = values.get("model"), values.get("format")
    if model is not None or artefact_format is not None:
        _check_model(model, artefact_format)
    return PhotoRequest(
        model,
        artefact_format,
        strategy,
        _whole(values, "count", 1, MOST_TRACKS),
        _whole(values, "seed", 0, LARGEST_SEED),
        _whole(values, "face", 0, MOST_FACES) or 0,
    )


def _check_model(model: str | None, artefact_format: str | None) -> None:
    registry = Registry()
    models = registry.models()
    if model is not None and model not in models:
        raise _bad(f"unknown model '{model}': {did_you_mean(model, models)}")
    formats = {f for name in models if model in (None, name) for f in registry.formats(name)}
    if artefact_format is not None and artefact_format not in formats:
        raise _bad(f"unknown format '{artefact_format}': {did_you_mean(artefact_format, formats)}")


def _whole(values: Mapping[str, str], name: str, low: int, high: int) -> int | None:
    text = values.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and low <= int(text) <= high):
        raise _bad(f"{name} = '{text}': expected a whole number from {low} to {high}")
    return int(text)


def _bad(message: str) -> HttpError:
    return HttpError(400, "bad_request", message)
