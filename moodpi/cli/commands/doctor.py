"""`moodpi doctor`: what works on this system, what does not, and how to fix it."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from moodpi.errors import EXIT_DONE, EXIT_FAILED
from moodpi.output import print_json, print_lines

MARKS = {"ok": "ok", "missing": "--", "broken": "!!"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    scope = parser.add_mutually_exclusive_group()
    scope.add_argument(
        "--sound",
        dest="scope",
        action="store_const",
        const="sound",
        default="all",
        help="play a test tone on the configured player's output, and check the sound only",
    )
    scope.add_argument(
        "--software",
        dest="scope",
        action="store_const",
        const="software",
        help="check the installed software only, not the camera, the player and the service",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON list")


def run(arguments: argparse.Namespace) -> int:
    """Print every check with its fix; exit 1 if something required is missing or broken."""
    from edge.ops.doctor import run_checks

    results = run_checks(arguments.scope)
    failed = [result for result in results if result.has_failed]
    if arguments.json:
        print_json([asdict(result) for result in results])
        return EXIT_FAILED if failed else EXIT_DONE
    width = max(len(result.subject) for result in results)
    for result in results:
        mark = MARKS["broken" if result.has_failed else result.status]
        print_lines(f"{mark}  {result.subject:<{width}}  {result.detail}")
        if result.status != "ok" and result.fix:
            print_lines(f"    {'':<{width}}  fix: {result.fix}")
    if failed:
        print_lines("", f"{len(failed)} of {len(results)} checks failed (!!).")
    else:
        print_lines("", "Everything required works (-- is optional and not available).")
    return EXIT_FAILED if failed else EXIT_DONE
