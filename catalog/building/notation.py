"""Finding out how a table writes its numbers: decimal commas, percentages, seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from catalog.building.columns import FEATURE_RANGES, FEATURES, Range

DURATIONS = ("duration_ms", "length")
# A median below this is in seconds: no usual song is as short as that in milliseconds.
MIN_MEDIAN_MS = 10_000
# A column is in percent if most of its numbers are above 1. All columns in percent together have at
# least this many different numbers above 1; a single number that is repeated is an error.
MIN_PERCENTAGES = 3
EXAMINED_ROWS = 5_000
PERCENT = 100.0

_UNIT_FEATURES = tuple(name for name in FEATURES if FEATURE_RANGES[name] == Range(0, 1))


@dataclass(frozen=True)
class Notation:
    """How a table writes its numbers.

    Attributes:
        decimal_comma: Whether 0.5 is written as 0,5.
        percent: The features that are written as 0..100 instead of 0..1.
        seconds: The durations that are written in seconds instead of milliseconds.
    """

    decimal_comma: bool = False
    percent: frozenset[str] = frozenset()
    seconds: frozenset[str] = frozenset()

    def numbers(self, rows: pd.DataFrame, column: str) -> pd.Series[float]:
        """A column of text as float64, NaN if it is no number.

        A feature is in its range of FEATURE_RANGES, a duration in seconds.
        """
        numbers = parse_numbers(texts(rows, column), self.decimal_comma)
        if column in self.percent:
            return numbers / PERCENT
        if column in DURATIONS and column not in self.seconds:
            return numbers / 1000
        return numbers

    def written_range(self, feature: str) -> Range:
        """The valid values of a feature as the table writes them."""
        valid = FEATURE_RANGES[feature]
        return Range(valid.low, PERCENT) if feature in self.percent else valid

    def describe(self) -> list[str]:
        """What differs from the usual notation, as short phrases."""
        phrases = ["decimal commas"] if self.decimal_comma else []
        if self.percent:
            names = (
                "features"
                if set(_UNIT_FEATURES) == self.percent
                else ", ".join(sorted(self.percent))
            )
            phrases.append(f"{names} in percent")
        if self.seconds:
            phrases.append("durations in seconds")
        return phrases


USUAL_NOTATION = Notation()


def find_notation(rows: pd.DataFrame) -> Notation:
    """Find out the notation of a table from its first rows, which are text by known column."""
    rows = rows.head(EXAMINED_ROWS)
    decimal_comma = _has_decimal_commas(rows)
    medians = {
        column: parse_numbers(texts(rows, column), decimal_comma).median() for column in DURATIONS
    }
    return Notation(
        decimal_comma,
        _in_percent(rows, decimal_comma),
        frozenset(column for column, median in medians.items() if median < MIN_MEDIAN_MS),
    )


def texts(rows: pd.DataFrame, column: str) -> pd.Series[str]:
    """A column without surrounding white space; empty texts if the table does not have it."""
    written = rows[column] if column in rows else pd.Series("", index=rows.index, dtype=object)
    return written.astype("str").str.strip()


def parse_numbers(written: pd.Series[str], decimal_comma: bool) -> pd.Series[float]:
    """Texts as float64; NaN for what is no finite number."""
    if decimal_comma:
        written = written.str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(written.str.removesuffix("%"), errors="coerce").astype("float64")
    return numbers.where(np.isfinite(numbers))


def _has_decimal_commas(rows: pd.DataFrame) -> bool:
    commas = points = 0
    for feature in FEATURES:
        written = texts(rows, feature)
        commas += int(written.str.fullmatch(r"-?\d*,\d+%?").sum())
        points += int(written.str.fullmatch(r"-?\d*\.\d+%?").sum())
    return commas > points


def _in_percent(rows: pd.DataFrame, decimal_comma: bool) -> frozenset[str]:
    """The features of 0..1 that are written as 0..100."""
    numbers = {name: parse_numbers(texts(rows, name), decimal_comma) for name in _UNIT_FEATURES}
    above = {
        name: values[values > 1]
        for name, values in numbers.items()
        if 2 * (values > 1).sum() > (values > 0).sum()
    }
    if pd.concat(above).nunique() < MIN_PERCENTAGES if above else True:
        return frozenset()
    # If other columns are in percent, a column of whole numbers is in percent, too: 1 is 1 %.
    whole = {name for name, values in numbers.items() if not (values % 1).any()}
    return frozenset(above) | whole
