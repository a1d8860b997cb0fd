"""The service, as systemd and its journal tell of it."""

from __future__ import annotations

import subprocess

from edge.ops.doctor.finding import Finding

UNIT = "moodpi.service"
INSTALL = "sudo ./install.sh, if it shall start at boot"


def unit() -> list[Finding]:
    """Whether the service runs, for the machine or for this person, and what ended it if not."""
    found = [_state("service"), _state("your service", "--user")]
    findings = [finding for finding in found if finding is not None]
    return findings or [Finding("service", "missing", "not installed", INSTALL)]


def _state(subject: str, *whose: str) -> Finding | None:
    """None where systemd, or this kind of it, knows no such service."""
    show = ("systemctl", *whose, "show", UNIT, "--property=LoadState,ActiveState,Result,StatusText")
    told = dict(line.partition("=")[::2] for line in _said(*show).splitlines())
    if told.get("LoadState") != "loaded":
        return None
    state = told["ActiveState"]
    if state in ("active", "reloading"):
        words = told["StatusText"]
        return Finding(subject, "ok", f"{state}: {words}" if words else state)
    journal = ("journalctl", *whose, "-u", UNIT, "--lines=50", "--output=cat", "--no-pager")
    last = [line for line in _said(*journal).splitlines() if line.startswith("moodpi: ")]
    detail = f"{state} ({told['Result']})" + (f": {last[-1]}" if last else "")
    say, start = (
        (f"journalctl --user -u {UNIT}", f"systemctl --user restart {UNIT}")
        if whose
        else (f"sudo journalctl -u {UNIT}", f"sudo systemctl restart {UNIT}")
    )
    mend = "mend what it says" if last else f"`{say}` says why; mend it"
    return Finding(subject, "missing", detail, f"{mend}, then {start}")


def _said(*command: str) -> str:
    """What a program prints; nothing where it is not there or does not answer."""
    try:
        return subprocess.run(
            command, capture_output=True, text=True, timeout=10, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
