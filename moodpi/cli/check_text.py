"""The results of `moodpi doctor` as text for people."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from moodpi.output import folded

if TYPE_CHECKING:
    from edge.ops.doctor import CheckResult

MARKS = {"ok": "ok", "missing": "--", "broken": "!!"}


def check_results(scope: str, *, verbose: bool) -> list[CheckResult]:
    """The results of the checks of a scope, see run_checks.

    verbose: Whether to log what moodpi does meanwhile. The results state it, too.
    """
    from edge.ops.doctor import run_checks

    if not verbose:
        logging.getLogger("edge").setLevel(logging.WARNING)
    return run_checks(scope)


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
