"""What a look at the machine finds, and the looks that need a Python of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "missing", "broken"]
PROBE_SECONDS = 60


@dataclass(frozen=True)
class Finding:
    """One thing looked at. "missing" is something moodpi can do without, "broken" is not."""

    subject: str
    status: Status
    detail: str
    fix: str = ""


def probe(code: str) -> Callable[[str, Status, str], Finding]:
    """Run `code` in a Python of its own and return what makes a Finding of its outcome.

    A bad wheel can die of an illegal instruction: then the child does.
    """
    worked, said = _outcome(code)

    def finding(subject: str, otherwise: Status, fix: str) -> Finding:
        return Finding(subject, "ok", said) if worked else Finding(subject, otherwise, said, fix)

    return finding


def _outcome(code: str) -> tuple[bool, str]:
    """Whether `code` ran to its end, and the last it said; `-P` keeps the current folder out."""
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-c", code],
            capture_output=True,
            text=True,
            timeout=PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, str(error)
    if child.returncode < 0:
        return False, f"died of signal {-child.returncode}"
    said = child.stdout if child.returncode == 0 else child.stderr
    return child.returncode == 0, (said.strip().splitlines() or ["not a word"])[-1]
