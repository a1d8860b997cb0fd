"""What a person reads when a command fails."""

from __future__ import annotations

import subprocess


def one_line(process: subprocess.CompletedProcess[str]) -> str:
    """The one line on stderr; more than one, or a traceback, fails the test."""
    lines = process.stderr.strip().splitlines()
    assert len(lines) == 1, process.stderr
    return lines[0]
