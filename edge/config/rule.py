"""The rule of a setting: meaning, unit, bounds and choices."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import Field, dataclass, field
from typing import Any

from moodpi.redaction import HIDDEN, redact_address, redact_arguments, without_password
from moodpi.text import MAX_SETTING_ITEMS, MAX_SETTING_LENGTH, has_controls

# Value type to its name in error messages.
TYPE_NAMES: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a string in quotes",
    tuple: "a list of strings in quotes",
}


@dataclass(frozen=True)
class Rule:
    """The meaning of a setting and its valid values.

    Attributes:
        meaning: One line for people.
        unit: Unit of a number.
        low: Inclusive lower bound.
        high: Inclusive upper bound.
        choices: The valid values; empty for any.
        at_most: Name of a setting of the same section that is an upper bound.
        pattern: Regular expression that a non-empty string must match completely.
        example: A string that matches `pattern`, or that `parse` accepts.
        form: What `parse` accepts, for people, where the example alone does not tell.
        secret: Whether the value is hidden in output.
        parse: Raises ValueError for a string that is invalid; called for each string of a list.
        address: Whether the value is the address of a server, which can hold a password before @.
        command: Whether the value is a program and its arguments.
        file: Whether the value is the path of a file, whose name can contain any character.
    """

    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] | tuple[int, ...] = ()
    at_most: str = ""
    pattern: re.Pattern[str] | None = None
    example: str = ""
    form: str = ""
    secret: bool = False
    parse: Callable[[str], object] = str
    address: bool = False
    command: bool = False
    file: bool = False

    def expected(self, kind: type) -> str:
        """The valid values of type `kind`, described for an error message."""
        if self.choices:
            return "one of " + ", ".join(json.dumps(choice) for choice in self.choices)
        name = TYPE_NAMES[kind] + (f' such as "{self.example}"' if self.example else "")
        bounds = "" if self.low is None else f" from {self.low:g} to {self.high:g}"
        explained = self.form or self.unit
        return name + bounds + (f" ({explained})" if explained else "")

    def accepts(self, value: Any) -> bool:
        """Whether a value of the right type is valid. NaN is not."""
        if self.choices:
            return value in self.choices
        if isinstance(value, str):
            if not self._accepts_text(value):
                return False
            return not self.pattern or not value or self.pattern.fullmatch(value) is not None
        if isinstance(value, tuple):
            return len(value) <= MAX_SETTING_ITEMS and all(map(self._accepts_item, value))
        return self.low is None or self.high is None or self.low <= value <= self.high

    def _accepts_item(self, item: object) -> bool:
        """Whether a list can contain this item."""
        if not isinstance(item, str) or not item.strip() or not self._accepts_text(item):
            return False
        try:
            self.parse(item)
        except ValueError:
            return False
        return True

    def _accepts_text(self, text: str) -> bool:
        """Whether the length and the characters of a string are valid."""
        if len(text) > MAX_SETTING_LENGTH:
            return False
        return "\0" not in text if self.file else not has_controls(text)

    def redacted(self, value: Any) -> Any:
        """A value for output, of any type: with `***` in place of secrets."""
        if value and self.secret:
            return HIDDEN
        if isinstance(value, str):
            return redact_address(value) if self.address else without_password(value)
        if isinstance(value, tuple | list):
            if self.command and all(isinstance(argument, str) for argument in value):
                return redact_arguments(value)
            return [self.redacted(item) for item in value]
        return HIDDEN if isinstance(value, dict) else value


def rule_of(setting: Field[Any]) -> Rule:
    """The rule of a field of a settings dataclass."""
    rule: Rule = setting.metadata["rule"]
    return rule


def setting(default: float | str | tuple[str, ...], meaning: str, **rule: Any) -> Any:
    """A dataclass field with a default and a Rule from the other arguments."""
    declared = Rule(meaning, **rule)
    return field(default=default, repr=not declared.secret, metadata={"rule": declared})
