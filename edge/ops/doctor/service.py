"""Check of the systemd service and its journal."""

from __future__ import annotations

import subprocess

from edge.ops.doctor.result import CheckResult

UNIT = "moodpi.service"
INSTALL = "to start moodpi at boot: sudo ./install.sh"


def check_service() -> list[CheckResult]:
    """The state of the system service and the user service, and why one is not running."""
    results = [_check("service"), _check("your service", "--user")]
    installed = [result for result in results if result is not None]
    return installed or [CheckResult("service", "missing", "not installed", INSTALL)]


def _check(subject: str, *scope: str) -> CheckResult | None:
    """None if the service is not installed. `scope`: options of systemctl."""
    show = ("systemctl", *scope, "show", UNIT, "--property=LoadState,ActiveState,Result,StatusText")
    properties = dict(line.partition("=")[::2] for line in _output(*show).splitlines())
    if properties.get("LoadState") != "loaded":
        return None
    state = properties["ActiveState"]
    if state in ("active", "reloading"):
        text = properties["StatusText"]
        return CheckResult(subject, "ok", f"{state}: {text}" if text else state)
    journal = ("journalctl", *scope, "-u", UNIT, "--lines=50", "--output=cat", "--no-pager")
    errors = [line for line in _output(*journal).splitlines() if line.startswith("moodpi: ")]
    detail = f"{state} ({properties['Result']})" + (f": {errors[-1]}" if errors else "")
    log, restart = (
        (f"journalctl --user -u {UNIT}", f"systemctl --user restart {UNIT}")
        if scope
        else (f"sudo journalctl -u {UNIT}", f"sudo systemctl restart {UNIT}")
    )
    fix = "fix this error" if errors else f"see `{log}` for the error and fix it"
    return CheckResult(subject, "missing", detail, f"{fix}, then {restart}")


def _output(*command: str) -> str:
    """The output of a program; empty if it is missing or does not finish."""
    try:
        return subprocess.run(
            # In /, because an entry of the PATH can be relative.
            command,
            cwd="/",
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
