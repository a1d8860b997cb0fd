"""Results as a table, JSON, CSV or Markdown, with a recommendation."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from edge.ops.bench.measure import Result
from moodpi.requirements import how_to_install

COLUMNS = (
    "model",
    "format",
    "runtime",
    "threads",
    "size",
    "load",
    "p50",
    "p95",
    "p99",
    "per second",
    "spread",
    "memory",
    "top-1",
)
# A faster model is recommended if its top-1 accuracy is at most this much lower.
MAX_ACCURACY_LOSS = 0.01


def as_json(machine: Mapping[str, str], results: Sequence[Result]) -> dict[str, Any]:
    """One document, in seconds, bytes and shares."""
    return {
        "machine": dict(machine),
        "rows": [_values(result) for result in results],
        "recommendation": recommendation(results),
    }


def as_csv(results: Sequence[Result]) -> str:
    """One line for each result, in seconds, bytes and shares."""
    stream = io.StringIO()
    rows = [_values(result) for result in results]
    writer = csv.DictWriter(stream, rows[0] if rows else COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().rstrip("\n")


def as_table(machine: Mapping[str, str], results: Sequence[Result]) -> str:
    """A table for the terminal."""
    lines = machine_lines(machine)
    rows = [COLUMNS, *(_cells(result) for result in results if not result.failure)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines += [
        "",
        *("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows),
    ]
    lines += _failure_lines(results)
    return "\n".join([*lines, "", recommendation(results)])


def machine_lines(machine: Mapping[str, str]) -> list[str]:
    """A line for each reading of the machine."""
    width = max(map(len, machine), default=0)
    return [f"{name:<{width}}  {value}" for name, value in machine.items()]


def _failure_lines(results: Sequence[Result]) -> list[str]:
    """One line for all runtimes that are not installed, and one for each other reason."""
    rows: dict[str, list[Result]] = {}
    absent = []
    for result in results:
        if result.requirement:
            absent.append(result)
        elif result.failure:
            rows.setdefault(result.failure, []).append(result)
    lines = [f"failed: {_row_names(failed)}: {reason}" for reason, failed in rows.items()]
    if absent:
        requirements = dict.fromkeys(result.requirement for result in absent)
        fix = how_to_install(*requirements)
        lines.append(f"not measured: {_row_names(absent)}: not installed: {fix}")
    return lines


def _row_names(results: Sequence[Result]) -> str:
    if len(results) == 1:
        return " ".join(_cells(results[0])[:4])
    packages = ", ".join(dict.fromkeys(result.case.package for result in results))
    return f"{len(results)} rows with {packages}"


def as_markdown(machine: Mapping[str, str], results: Sequence[Result]) -> str:
    """A table for a README or an issue."""
    rows = [COLUMNS, ["---"] * len(COLUMNS)]
    rows += [_cells(r) if not r.failure else (*_cells(r)[:4], r.failure) for r in results]
    details = "; ".join(f"{name} {value}" for name, value in machine.items())
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([details, "", *lines, "", recommendation(results)])


def recommendation(results: Sequence[Result]) -> str:
    """The fastest of the results that are about as accurate as the best, in one sentence."""
    measured = [result for result in results if not result.failure]
    if not measured:
        return "No measurements: `moodpi doctor` shows what is missing."
    best = max(result.case.top1 or 0.0 for result in measured)
    accurate = [r for r in measured if (r.case.top1 or 0.0) >= best - MAX_ACCURACY_LOSS]
    fastest = min(accurate, key=lambda result: result.p50)
    c = fastest.case
    accuracy = f", {c.top1:.1%} accuracy" if c.top1 else ""
    return (
        f"Use {c.model} {c.format} with {c.package} and {c.threads} "
        f"thread{'s' if c.threads > 1 else ''}: {1e3 * fastest.p50:.2f} ms per face{accuracy}, "
        f"{fastest.peak / 1e6:.0f} MB."
    )


def _values(result: Result) -> dict[str, Any]:
    c = result.case
    return {
        "model": c.model,
        "format": c.format,
        "runtime": c.package,
        "threads": c.threads,
        "size": result.size,
        "load": result.load,
        "p50": result.p50,
        "p95": result.p95,
        "p99": result.p99,
        "inferences_per_second": 1 / result.p50 if result.p50 else 0.0,
        "spread": result.spread,
        "peak_memory": result.peak,
        "top1": c.top1,
        "failure": result.failure,
    }


def _cells(result: Result) -> tuple[str, ...]:
    c = result.case
    return (
        c.model,
        c.format,
        c.package,
        str(c.threads),
        f"{result.size / 1e6:.2f} MB",
        f"{1e3 * result.load:.0f} ms",
        *(f"{1e3 * value:.2f} ms" for value in (result.p50, result.p95, result.p99)),
        f"{1 / result.p50:.0f}" if result.p50 else "-",
        f"{result.spread:.0%}",
        f"{result.peak / 1e6:.0f} MB",
        "-" if c.top1 is None else f"{c.top1:.1%}",
    )
