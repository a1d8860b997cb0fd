"""Checks the values of a section of moodpi.toml against the rules of its settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import Field, fields, replace
from typing import Any

from edge.config.contradiction import contradiction
from edge.config.renamed import REMOVED, RENAMED
from edge.config.rule import Rule, rule_of
from moodpi.errors import did_you_mean, nearest_name
from moodpi.redaction import HIDDEN
from moodpi.text import MAX_QUOTED_LENGTH, clean_text, escape_controls, quoted


class InvalidSettingError(Exception):
    """An invalid key or value. The caller turns it into a UsageError or a ConfigurationError."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def checked_section(current: Any, name: str, table: Any) -> Any:
    """The section `current` with the values of `table`.

    name: That of the section. Raises InvalidSettingError for an unknown key and an invalid value.
    """
    if not isinstance(table, dict):
        raise InvalidSettingError(f"{name}: expected a section, [{name}]", "not_a_section")
    known = {setting.name: setting for setting in fields(current)}
    values = {}
    for key, value in table.items():
        if key not in known:
            raise _unknown_key(name, key, known)
        values[key] = _checked(f"{name}.{key}", known[key], value)
    section = replace(current, **values)
    if problem := contradiction(name, section):
        raise InvalidSettingError(problem, "invalid_value")
    return section


def _unknown_key(name: str, key: str, known: Mapping[str, Any]) -> InvalidSettingError:
    # Without its value: it can be a password under a mistyped name.
    written = f"{name}.{clean_text(key, MAX_QUOTED_LENGTH)}"
    if current := RENAMED.get(f"{name}.{key}"):
        return InvalidSettingError(f"{written}: renamed to {current}", "renamed_key")
    if reason := REMOVED.get(f"{name}.{key}"):
        return InvalidSettingError(f"{written}: removed: {reason}", "removed_key")
    hint = did_you_mean(key, known)
    return InvalidSettingError(f"{written}: unknown key: {hint}", "unknown_key")


def _checked(dotted: str, setting: Field[Any], value: Any) -> Any:
    kind: type = type(setting.default)
    rule = rule_of(setting)
    converted = _converted(kind, value)
    if type(converted) is kind and rule.accepts(converted):
        return converted
    names = [choice for choice in rule.choices if isinstance(choice, str)]
    near = nearest_name(value, names) if isinstance(value, str) else None
    hint = f", did you mean {quoted(near)}?" if near else ""
    shown = HIDDEN if rule.secret else shown_value(value, rule)
    raise InvalidSettingError(
        f"{dotted} = {shown}: expected {rule.expected(kind)}{hint}", "invalid_value"
    )


def _converted(kind: type, value: Any) -> Any:
    """The value as a setting of type `kind` stores it; unchanged if it has no such form."""
    if kind is float and type(value) is int:
        try:
            return float(value)
        except OverflowError:
            return value
    return tuple(value) if isinstance(value, list) else value


def shown_value(value: Any, rule: Rule) -> str:
    """A value as TOML writes it, without secrets, shortened to 60 characters."""
    as_json = isinstance(value, bool | str | list)
    try:
        value = rule.redacted(value)
        text = json.dumps(value, ensure_ascii=False, default=str) if as_json else str(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits, a deep list
        text = "a list" if isinstance(value, list) else f"a long {type(value).__name__}"
    return escape_controls(text if len(text) <= 60 else text[:57] + "...")
