"""Cameras, and whether this user may open them."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from edge.doctor.finding import Finding, probe


def cameras() -> list[Finding]:
    """V4L2's devices, and picamera2 for the cameras on a Pi's ribbon cable."""
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
        findings.append(probe("import picamera2; print('picamera2')")("picamera2", "missing", ""))
    else:
        fix = (
            "on a Pi: sudo apt install python3-picamera2, and a virtual environment made with "
            "--system-site-packages"
        )
        findings.append(Finding("picamera2", "missing", "not installed", fix))
    return findings
