"""Regions of the picture in the configuration."""

from __future__ import annotations

import pytest

from edge.config.load import parse_config
from edge.config.region import Region, parse_region
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
