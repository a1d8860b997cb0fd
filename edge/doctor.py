"""What works on this machine, what does not, and how to mend it; needs no root."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from edge.runtimes import RUNTIMES
from models.registry import Registry
from moodpi.errors import MoodpiError

Status = Literal["ok", "missing", "broken"]
PROBE_SECONDS = 60


@dataclass(frozen=True)
class Finding:
    """One thing looked at. "missing" is something moodpi can do without, "broken" is not."""

    subject: str
    status: Status
    detail: str
    fix: str = ""


def examine() -> list[Finding]:
    """Look at everything, in the order a person would."""
    findings: list[Finding] = []
    for look in (_system, _python, _pictures, _runtimes, _models, _catalogue, _configuration):
        findings.extend(look())
    return [*findings, *_cameras()]


def _system() -> list[Finding]:
    machine = platform.machine()
    detail = f"{_os_name()}, {machine}, {os.cpu_count()} processors"
    if sys.maxsize <= 2**32:
        return [Finding("system", "broken", detail, "flash the 64-bit Raspberry Pi OS")]
    return [Finding("system", "ok", detail)]


def _os_name() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        return platform.system()


def _python() -> list[Finding]:
    return [Finding("python", "ok", f"{platform.python_version()} in {sys.prefix}")]


def _pictures() -> list[Finding]:
    fix = "pip install 'opencv-python-headless>=4.8,<5'"
    probe = _probe(
        "import cv2, numpy; cv2.CascadeClassifier; print(cv2.__version__, 'with numpy', "
        "numpy.__version__)"
    )
    imagesize = _probe("import imagesize; print('imagesize', imagesize.__version__)")
    return [
        probe("opencv", "broken", fix),
        imagesize("image headers", "broken", "pip install imagesize"),
    ]


def _runtimes() -> list[Finding]:
    """Each runtime in a child process: a bad wheel can die of an illegal instruction."""
    findings = []
    for suffix, kinds in RUNTIMES.items():
        for package, module, _, install in kinds:
            fix = f"pip install '{install}'"
            subject = f"{suffix[1:]} runtime"
            if find_spec(package) is None:
                findings.append(Finding(subject, "missing", f"{package} is not installed", fix))
            else:
                code = f"import edge.runtimes.{module}; print({package!r})"
                findings.append(_probe(code)(subject, "missing", fix))
    if not any(f.status == "ok" and f.subject == "tflite runtime" for f in findings):
        fix = "pip install ai-edge-litert"
        findings.append(Finding("tflite runtime", "broken", "none works: no model can run", fix))
    return findings


def _probe(code: str) -> Callable[[str, Status, str], Finding]:
    """Run `code` in a Python of its own and return what makes a Finding of its outcome."""
    worked, outcome = _outcome(code)

    def finding(subject: str, otherwise: Status, fix: str) -> Finding:
        return (
            Finding(subject, "ok", outcome) if worked else Finding(subject, otherwise, outcome, fix)
        )

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


def _models() -> list[Finding]:
    findings = []
    try:
        registry = Registry()
        for model in registry.models():
            for artefact_format in registry.formats(model):
                artefact = registry.find(model, artefact_format)
                size = artefact.path.stat().st_size / 1e6
                measured = "" if artefact.top1 is None else f", {artefact.top1:.1%} on PublicTest"
                detail = f"{model} {artefact_format}, {size:.1f} MB{measured}"
                findings.append(Finding("model", "ok", detail))
    except MoodpiError as error:
        findings.append(Finding("model", "broken", str(error), "reinstall moodpi"))
    return findings


def _catalogue() -> list[Finding]:
    from catalog.store import Catalog

    try:
        with Catalog.open() as catalog:
            catalog.check()
            return [Finding("catalogue", "ok", f"{len(catalog):,} tracks")]
    except MoodpiError as error:
        return [Finding("catalogue", "broken", str(error), "reinstall moodpi")]


def _configuration() -> list[Finding]:
    from edge.config import find_config_file, load_config

    try:
        path = find_config_file()
        load_config(path)
    except MoodpiError as error:
        return [Finding("configuration", "broken", str(error), "mend the file and run this again")]
    return [Finding("configuration", "ok", str(path) if path else "the defaults, no file")]


def _cameras() -> list[Finding]:
    findings = []
    devices = sorted(Path("/dev").glob("video*"))
    for device in devices:
        if os.access(device, os.R_OK | os.W_OK):
            findings.append(Finding("camera", "ok", str(device)))
        else:
            fix = "sudo usermod -aG video $USER, then log in again"
            findings.append(Finding("camera", "missing", f"{device} may not be opened", fix))
    if not devices:
        fix = "plug one in; photos and video files work without"
        findings.append(Finding("camera", "missing", "no /dev/video*", fix))
    if find_spec("picamera2"):
        findings.append(_probe("import picamera2; print('picamera2')")("picamera2", "missing", ""))
    else:
        fix = (
            "on a Pi: sudo apt install python3-picamera2, and a virtual environment made with "
            "--system-site-packages"
        )
        findings.append(Finding("picamera2", "missing", "not installed", fix))
    return findings
