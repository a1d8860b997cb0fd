"""Writes a configuration as TOML that is safe to paste into a bug report."""

from __future__ import annotations

import json
from dataclasses import Field
from typing import Any

from edge.config.load import Config
from edge.config.rule import rule_of
from moodpi.text import escape_controls


def to_toml(config: Config) -> str:
    """Every setting with its value; a comment marks those that a file sets.

    Secrets are replaced by `***`.
    """
    origin = escape_controls(str(config.origin or "the defaults: no file was found"))
    lines = [f"# moodpi's configuration, from {origin}"]
    section = ""
    for name, setting, value in config.settings():
        if name != section:
            lines += ["", f"[{name}]"]
            section = name
        line = setting_line(setting, value)
        if f"{name}.{setting.name}" in config.file_keys:
            line += f"  # from {origin}"
            if value != setting.default:
                line += f"; the default is {_toml_value(setting.default)}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def setting_line(setting: Field[Any], value: Any) -> str:
    """A setting as TOML, with `***` in place of secrets."""
    return f"{setting.name} = {_toml_value(rule_of(setting).redacted(value))}"


def _toml_value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
