"""Check of the systemd service and its journal."""

from __future__ import annotations

import subprocess

from edge.ops.doctor.result import CheckResult

UNIT = "moodpi.service"
ANALYSIS_UNIT = "moodpi-analysis.service"
INSTALL = "to start moodpi at boot: sudo ./install.sh"


def check_service() -> list[CheckResult]:
    """The state of the system service and the user service, and why one is not running.

    The analysis of songs runs from time to time. It is reported if its last run has failed.
    """
    results = [_check("service"), _check("your service", "--user")]
    installed = [result for result in results if result is not None]
    analysis = _properties(ANALYSIS_UNIT)
    if analysis.get("ActiveState") == "failed":
        installed.append(_failure("song analysis", ANALYSIS_UNIT, analysis))
    return installed or [CheckResult("service", "missing", "not installed", INSTALL)]


def _check(subject: str, *scope: str) -> CheckResult | None:
    """None if the service is not installed. `scope`: options of systemctl."""
    properties = _properties(UNIT, *scope)
    if properties.get("LoadState") != "loaded":
        return None
    state = properties["ActiveState"]
    if state in ("active", "reloading"):
        text = properties["StatusText"]
        return CheckResult(subject, "ok", f"{state}: {text}" if text else state)
    return _failure(subject, UNIT, properties, *scope)


def _properties(unit: str, *scope: str) -> dict[str, str]:
    shown = "--property=LoadState,ActiveState,Result,StatusText"
    lines = _output("systemctl", *scope, "show", unit, shown).splitlines()
    return dict(line.partition("=")[::2] for line in lines)


def _failure(subject: str, unit: str, properties: dict[str, str], *scope: str) -> CheckResult:
    """Why a unit is not running: its last error, if it has logged one."""
    journal = ("journalctl", *scope, "-u", unit, "--lines=50", "--output=cat", "--no-pager")
    errors = [line for line in _output(*journal).splitlines() if line.startswith("moodpi: ")]
    detail = f"{properties['ActiveState']} ({properties['Result']})"
    detail += f": {errors[-1]}" if errors else ""
    log, restart = (
        (f"journalctl --user -u {unit}", f"systemctl --user restart {unit}")
        if scope
        else (f"sudo journalctl -u {unit}", f"sudo systemctl restart {unit}")
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
