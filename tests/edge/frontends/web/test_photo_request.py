"""Parsing the options of a photo request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

pytest.importorskip("starlette")

from edge.frontends.web.photo_request import (
    CLASSIFY_OPTIONS,
    CONFIGURED,
    RECOMMEND_OPTIONS,
    PhotoRequest,
    parse_photo_request,
)
from tests.raising import raises


class CountingValues(Mapping[str, str]):
    """Values that count how often they are read."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values
        self.reads = 0

    def __getitem__(self, name: str) -> str:
        self.reads += 1
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def test_an_empty_request_uses_the_configuration() -> None:
    assert parse_photo_request({}, RECOMMEND_OPTIONS) == CONFIGURED


def test_all_options_are_parsed() -> None:
    values = {"strategy": "lift", "count": "2", "seed": "7", "face": "1", "model": "simple_cnn"}
    expected = PhotoRequest(model="simple_cnn", strategy="lift", count=2, seed=7, face=1)
    assert parse_photo_request(values, RECOMMEND_OPTIONS) == expected


def test_form_fields_override_the_query_string() -> None:
    query = parse_photo_request({"count": "2", "seed": "7"}, RECOMMEND_OPTIONS)
    form = parse_photo_request({"count": "3"}, RECOMMEND_OPTIONS, defaults=query)
    assert form == PhotoRequest(count=3, seed=7)


def test_each_option_is_parsed_once() -> None:
    query, form = CountingValues({"seed": "7"}), CountingValues({"count": "2"})
    request = parse_photo_request(query, RECOMMEND_OPTIONS)
    parse_photo_request(form, RECOMMEND_OPTIONS, defaults=request)
    assert (query.reads, form.reads) == (1, 1)


def test_model_and_format_are_checked_together() -> None:
    query = parse_photo_request({"model": "simple_cnn"}, RECOMMEND_OPTIONS)
    with raises("bad_request"):
        parse_photo_request({"format": "no_such_format"}, RECOMMEND_OPTIONS, defaults=query)


def test_classify_accepts_only_the_model_and_its_format() -> None:
    with raises("bad_request"):
        parse_photo_request({"seed": "1"}, CLASSIFY_OPTIONS)
