"""The rule of one setting: its meaning, unit, bounds and choices."""

from __future__ import annotations

import json
import re
from dataclasses import Field, dataclass, field
from typing import Any

# The types of values that settings take, in words.
NOUNS: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a string in quotes",
    tuple: "a list of strings in quotes",
}


@dataclass(frozen=True)
class Rule:
    """What a setting means and which values it takes.

    low, high: inclusive bounds, in `unit`. at_most: a setting of the same table it may not exceed.
    pattern: a regular expression that a text, unless empty, matches as a whole, as `example` does.
    secret: not to be shown.
    """

    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] | tuple[int, ...] = ()
    at_most: str = ""
    pattern: str = ""
    example: str = ""
    secret: bool = False

    def expected(self, kind: type) -> str:
        """The accepted values in words, as an error message ends."""
        if self.choices:
            return "one of " + ", ".join(json.dumps(choice) for choice in self.choices)
        noun = NOUNS[kind] + (f' such as "{self.example}"' if self.example else "")
        bounds = "" if self.low is None else f" from {self.low:g} to {self.high:g}"
        return noun + bounds + (f" ({self.unit})" if self.unit else "")

    def accepts(self, value: Any) -> bool:
        """Whether a value of the right type is also within bounds; NaN never is."""
        if isinstance(value, str):
            if self.pattern and value:
                return re.fullmatch(self.pattern, value) is not None
            return not self.choices or value in self.choices
        if isinstance(value, tuple):
            return all(isinstance(text, str) and text.strip() for text in value)
        return self.low is None or self.high is None or self.low <= value <= self.high


def rule_of(setting: Field[Any]) -> Rule:
    """The rule that a field of a settings dataclass was declared with."""
    rule: Rule = setting.metadata["rule"]
    return rule


def setting(default: float | str | tuple[str, ...], meaning: str, **rule: Any) -> Any:
    """A dataclass field with its default and the Rule made of the other arguments."""
    stated = Rule(meaning, **rule)
    return field(default=default, repr=not stated.secret, metadata={"rule": stated})
