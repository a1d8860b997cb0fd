"""A measured figure next to its target."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """One figure and its target. at_least: higher is better."""

    label: str
    value: float
    target: float
    at_least: bool = True
    unit: str = ""

    def __str__(self) -> str:
        reached = self.value >= self.target if self.at_least else self.value <= self.target
        sign = ">=" if self.at_least else "<="
        limit = f"{sign} {self.target:g}{self.unit}"
        status = "ok  " if reached else "MISS"
        return f"{status} {self.label:<58}{self.value:>10.3f}{self.unit}  {limit}"
