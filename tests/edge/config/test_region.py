"""Regions of the picture in the configuration."""

from __future__ import annotations

import pytest

from edge.config.load import parse_config
from edge.config.region import Region, cover, parse_region
from moodpi.errors import ConfigurationError
from tests.raising import raises


def test_a_region_is_read_as_it_is_written():
    region = Region(0.1, 0.2, 0.35, 1.0)
    assert str(region) == "0.10 0.20 0.35 1.00"
    assert parse_region(str(region)) == region


@pytest.mark.parametrize(
    "text",
    ["", "0.1 0.2 0.3", "0 0 1 1 1", "a b c d", "0.5 0 0.5 1", "0 0.6 1 0.5", "-0.1 0 1 1",
     "0 0 1 1.1", "nan 0 1 1", "0 0 inf 1"],
)  # fmt: skip
def test_an_invalid_region_is_refused(tmp_path, text):
    with pytest.raises(ValueError):  # noqa: PT011  # float() and parse_region raise others
        parse_region(text)
    with raises("invalid_value", ConfigurationError):
        parse_config(f'[source]\nignore = ["{text}"]\n', tmp_path / "moodpi.toml")


def test_the_error_says_what_a_region_is(tmp_path):
    with pytest.raises(ConfigurationError, match="left < right and top < bottom"):
        parse_config('[source]\nignore = ["10 10 50 50"]\n', tmp_path / "moodpi.toml")


def regions(*texts):
    return [parse_region(text) for text in texts]


WHOLE = Region(0, 0, 1, 1)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], False),
        (["0 0 1 1"], True),
        (["0 0 1 0.99"], False),
        (["0 0 0.5 1", "0.5 0 1 1"], True),
        (["0 0 0.5 1", "0.51 0 1 1"], False),
        (["0 0 0.6 0.6", "0.4 0 1 0.7", "0 0.5 1 1"], True),
        (["0 0 0.6 0.6", "0.4 0 1 0.7", "0 0.65 1 1"], False),
    ],
)
def test_regions_cover_the_picture_together(texts, expected):
    assert cover(regions(*texts), WHOLE) is expected
    assert cover(regions(*reversed(texts)), WHOLE) is expected


def test_regions_cover_the_part_that_is_analysed():
    assert cover(regions("0.2 0.2 0.8 0.8"), Region(0.3, 0.2, 0.8, 0.7))
    assert not cover(regions("0.2 0.2 0.8 0.8"), Region(0.3, 0.2, 0.9, 0.7))


@pytest.mark.parametrize(
    "lines", ['ignore = ["0 0 1 1"]', 'right = 0.5\nignore = ["0 0 0.5 0.5", "0 0.5 0.7 1"]']
)
def test_regions_that_hide_the_whole_picture_are_refused(tmp_path, lines):
    with raises("invalid_value", ConfigurationError):
        parse_config(f"[source]\n{lines}\n", tmp_path / "moodpi.toml")
