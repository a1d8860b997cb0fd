"""Settings that are each valid, but not together."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from edge.config.region import Region, cover, parse_region
from edge.config.rule import rule_of
from edge.config.settings import SourceSettings


def contradiction(name: str, section: Any) -> str:
    """What is wrong between the settings of a section, as a message; empty if nothing is.

    name: of the section, an instance of a class of edge.config.settings.
    """
    for setting in fields(section):
        key, other = setting.name, rule_of(setting).at_most
        if other and getattr(section, key) > getattr(section, other):
            return (
                f"{name}.{key} = {getattr(section, key)}: expected at most "
                f"{name}.{other} ({getattr(section, other)})"
            )
    if isinstance(section, SourceSettings) and _hides_everything(section):
        return f"{name}.ignore hides the whole picture: make a region smaller, or remove it"
    return ""


def _hides_everything(source: SourceSettings) -> bool:
    analysed = Region(source.left, source.top, source.right, source.bottom)
    return cover([parse_region(text) for text in source.ignore], analysed)
