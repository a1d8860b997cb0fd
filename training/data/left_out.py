"""What a data set holds that is not used: counted by reason, the first few named."""

from __future__ import annotations

MAX_NAMES = 3


class LeftOut:
    """Counts rows or files that are not used. Its size does not grow with their number."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._names: dict[str, list[str]] = {}

    def add(self, reason: str, name: str, count: int = 1) -> None:
        """Count a row or file, or `count` of them that share a name.

        reason: One of a few texts that complete "3 rows ...", such as `with no pixels`.
        name: Which it is, such as `line 3`.
        """
        self._counts[reason] = self._counts.get(reason, 0) + count
        names = self._names.setdefault(reason, [])
        if len(names) <= MAX_NAMES:
            names.append(name)

    def __len__(self) -> int:
        return sum(self._counts.values())

    def __str__(self) -> str:
        """`18 with no pixels (line 3, line 8, line 9, ...); 2 that are empty (line 5, line 7)`."""
        return "; ".join(
            f"{count:,} {reason} ({self._first(reason)})" for reason, count in self._counts.items()
        )

    def _first(self, reason: str) -> str:
        names = self._names[reason]
        return ", ".join([*names[:MAX_NAMES], "..."] if len(names) > MAX_NAMES else names)
