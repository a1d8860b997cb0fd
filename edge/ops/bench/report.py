"""Results as a table, as JSON, CSV or Markdown, and which one to use, in one sentence."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from edge.ops.bench.measure import Result

HEAD = (
    "model",
    "format",
    "runtime",
    "threads",
    "size",
    "load",
    "p50",
    "p95",
    "p99",
    "a second",
    "spread",
    "memory",
    "top-1",
)
# A model this much less accurate, as a share of all faces, is not worth being faster.
WORTH = 0.01


def as_json(machine: Mapping[str, str], results: Sequence[Result]) -> dict[str, Any]:
    """One document: seconds, bytes and shares."""
    return {
        "machine": dict(machine),
        "rows": [_values(result) for result in results],
        "recommendation": recommendation(results),
    }


def as_csv(results: Sequence[Result]) -> str:
    """A line a row, in seconds, bytes and shares."""
    stream = io.StringIO()
    rows = [_values(result) for result in results]
    writer = csv.DictWriter(stream, rows[0] if rows else HEAD, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().rstrip("\n")


def as_table(machine: Mapping[str, str], results: Sequence[Result]) -> str:
    """For people at a terminal."""
    lines = [f"{name:<12}{value}" for name, value in machine.items()]
    rows = [HEAD, *(_cells(result) for result in results if not result.failure)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines += [
        "",
        *("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows),
    ]
    lines += [f"failed: {' '.join(_cells(r)[:4])}: {r.failure}" for r in results if r.failure]
    return "\n".join([*lines, "", recommendation(results)])


def as_markdown(machine: Mapping[str, str], results: Sequence[Result]) -> str:
    """A table for a README or an issue."""
    rows = [HEAD, ["---"] * len(HEAD)]
    rows += [_cells(r) if not r.failure else (*_cells(r)[:4], r.failure) for r in results]
    where = "; ".join(f"{name} {value}" for name, value in machine.items())
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([where, "", *lines, "", recommendation(results)])


def recommendation(results: Sequence[Result]) -> str:
    """The fastest of those about as accurate as the best, in one sentence."""
    ran = [result for result in results if not result.failure]
    if not ran:
        return "Nothing could be measured: `moodpi doctor` says what is missing."
    best = max(result.configuration.top1 or 0.0 for result in ran)
    good = [r for r in ran if (r.configuration.top1 or 0.0) >= best - WORTH]
    chosen = min(good, key=lambda result: result.p50)
    c = chosen.configuration
    accuracy = f", {c.top1:.1%} right" if c.top1 else ""
    return (
        f"Use {c.model} {c.format} with {c.package} and {c.threads} "
        f"thread{'s' if c.threads > 1 else ''}: {1e3 * chosen.p50:.2f} ms a face{accuracy}, "
        f"{chosen.peak / 1e6:.0f} MB."
    )


def _values(result: Result) -> dict[str, Any]:
    c = result.configuration
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
    c = result.configuration
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
