"""`moodpi doctor`: what works on this system, what does not, and how to fix it."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from moodpi.cli.check_text import check_lines, check_results
from moodpi.errors import EXIT_DONE, EXIT_FAILED
from moodpi.output import print_json, print_lines


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
    scope.add_argument(
        "--summary",
        dest="scope",
        action="store_const",
        const="summary",
        help="check only what music needs: camera, sound, player, songs, page",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON list")


def run(arguments: argparse.Namespace) -> int:
    """Print every check with its fix; exit 1 if something required is missing or broken."""
    results = check_results(arguments.scope, verbose=arguments.verbose)
    failed = [result for result in results if result.has_failed]
    if arguments.json:
        print_json([asdict(result) for result in results])
        return EXIT_FAILED if failed else EXIT_DONE
    print_lines(*check_lines(results))
    if failed:
        print_lines("", f"{len(failed)} of {len(results)} checks failed (!!).")
    else:
        print_lines("", "Everything required works (-- is optional and not available).")
    return EXIT_FAILED if failed else EXIT_DONE
