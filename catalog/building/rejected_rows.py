"""The rows of tables that are not used: counted by reason, the first of each named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from catalog.building.tables import Rejection
from catalog.building.track_reader import TrackTable

# The number of rejections of each kind that are named with their lines.
MAX_EXAMPLES = 5


@dataclass
class RejectedRows:
    """The rows that were not used.

    Attributes:
        kinds: The number of rows by kind of reason.
        examples: By kind, the first MAX_EXAMPLES rejections, with file, lines and reason.
        unparsed: By optional column, the number of values that could not be parsed in used rows.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    unparsed: Counter[str] = field(default_factory=Counter)

    def add(self, table: TrackTable, rejections: Iterable[Rejection]) -> None:
        """Add rejections in the order of the file."""
        for rejection in sorted(rejections, key=lambda each: each.first):
            kind = rejection.reason.partition(":")[0]
            self.kinds[kind] += rejection.rows
            examples = self.examples.setdefault(kind, [])
            if len(examples) < MAX_EXAMPLES:
                examples.append(f"{table.path.name} {_place(table, rejection)}: {rejection.reason}")

    def __str__(self) -> str:
        """The number of rows of each kind, with its first example."""
        return "; ".join(
            f"{rows:,} {kind}, such as {self.examples[kind][0]}"
            for kind, rows in self.kinds.most_common()
        )


def _place(table: TrackTable, rejection: Rejection) -> str:
    if rejection.first == rejection.last:
        return f"{table.place} {rejection.first}"
    return f"{table.place}s {rejection.first} to {rejection.last}"
