"""`moodpi doctor`: what works here, what does not, and how to mend it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from moodpi.errors import EXIT_DONE, EXIT_FAILED

MARKS = {"ok": "ok", "missing": "--", "broken": "!!"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="one JSON list on stdout")


def run(arguments: argparse.Namespace) -> int:
    """Print every finding with its fix; exit 1 when something needed does not work."""
    from edge.ops.doctor import examine

    findings = examine()
    broken = [finding for finding in findings if finding.status == "broken"]
    if arguments.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=1))
        return EXIT_FAILED if broken else EXIT_DONE
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        print(f"{MARKS[finding.status]}  {finding.subject:<{width}}  {finding.detail}")
        if finding.status != "ok" and finding.fix:
            print(f"    {'':<{width}}  fix: {finding.fix}")
    if broken:
        print(f"\n{len(broken)} of {len(findings)} need mending (!!).")
    else:
        print("\nAll that moodpi needs works (-- marks what is optional and absent).")
    return EXIT_FAILED if broken else EXIT_DONE
