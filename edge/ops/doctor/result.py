"""The result of a check, and checks that run in a separate Python process."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import Literal

# "missing": optional, and absent or not usable. "broken": required and not working.
Status = Literal["ok", "missing", "broken"]
# Without the configured source or the configured player, moodpi plays nothing.
REQUIRED_SUBJECTS = ("source", "player")
PROBE_TIMEOUT = 60  # seconds


@dataclass(frozen=True)
class CheckResult:
    """The result of one check.

    Attributes:
        subject: What was checked.
        status: "ok", "missing" (moodpi works without it) or "broken".
        detail: What was found.
        fix: What to do if the status is not "ok".
    """

    subject: str
    status: Status
    detail: str
    fix: str = ""

    @property
    def has_failed(self) -> bool:
        """Whether it must be fixed: something is broken, or the camera or the player is missing."""
        return self.status == "broken" or (
            self.status == "missing" and self.subject in REQUIRED_SUBJECTS
        )


def probe(subject: str, code: str, *, failure: Status, fix: str) -> CheckResult:
    """Run Python code in a child process; its last line of output is the detail.

    A broken wheel can crash the interpreter with an illegal instruction.

    Args:
        subject: What the code checks.
        code: Python source.
        failure: The status if the code fails.
        fix: What to do then.
    """
    succeeded, detail = _run(code)
    return (
        CheckResult(subject, "ok", detail)
        if succeeded
        else CheckResult(subject, failure, detail, fix)
    )


def _run(code: str) -> tuple[bool, str]:
    """Whether the code succeeded, and its last line of output."""
    try:
        child = subprocess.run(
            # -P: do not import from the current folder.
            [sys.executable, "-P", "-c", code],
            cwd="/",
            capture_output=True,
            text=True,
            timeout=PROBE_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, str(error)
    if child.returncode < 0:
        return False, f"killed by signal {-child.returncode}"
    output = child.stdout if child.returncode == 0 else child.stderr
    return child.returncode == 0, (output.strip().splitlines() or ["no output"])[-1]
