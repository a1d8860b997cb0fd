"""The results of `moodpi doctor` as text for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from moodpi.output import folded

if TYPE_CHECKING:
    from edge.ops.doctor import CheckResult

MARKS = {"ok": "ok", "missing": "--", "broken": "!!"}


def check_lines(results: Sequence[CheckResult]) -> list[str]:
    """A line for each check, and its fix if it needs one; on a terminal, folded."""
    width = max((len(result.subject) for result in results), default=0)
    indent = f"    {'':<{width}}  "
    lines = []
    for result in results:
        mark = MARKS["broken" if result.has_failed else result.status]
        lines += folded(f"{mark}  {result.subject:<{width}}  {result.detail}", indent)
        if result.status != "ok" and result.fix:
            lines += folded(f"{indent}fix: {result.fix}", indent)
    return lines
