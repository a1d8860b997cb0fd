"""Cameras, and whether this user may open them."""

from __future__ import annotations

import errno
import os
from fcntl import ioctl
from importlib.util import find_spec
from pathlib import Path

from edge.ops.doctor.finding import Finding, probe

# VIDIOC_QUERYCAP of videodev2.h, and what it says of a device node in its struct v4l2_capability.
QUERYCAP, CAPABILITY = 0x80685600, 104
DRIVER, CARD, ABILITIES = slice(0, 16), slice(16, 48), slice(88, 92)
VIDEO_CAPTURE = 0x1
# What the Pi's own camera is made of, and its codecs: picamera2 drives them, nobody else.
PARTS = ("bcm2835", "unicam", "rp1-cfe", "rpi", "pispbe")
PICAMERA2 = """
import sys
from picamera2 import Picamera2
models = [camera["Model"] for camera in Picamera2.global_camera_info()]
print(", ".join(models)) if models else sys.exit("no camera at the ribbon cable")
"""


def cameras() -> list[Finding]:
    """V4L2's devices that record, and picamera2 for the cameras on a Pi's ribbon cable."""
    numbers = sorted(int(path.name[5:]) for path in Path("/dev").glob("video[0-9]*"))
    findings = [f for number in numbers if (f := _v4l2(Path(f"/dev/video{number}")))]
    if not findings:
        fix = "plug one in; photos, video files and network cameras work without"
        findings.append(Finding("camera", "missing", "no /dev/video* that records", fix))
    if find_spec("picamera2"):
        fix = "power off, push the ribbon cable in anew; camera_auto_detect=1 in config.txt"
        return [*findings, probe(PICAMERA2)("picamera2", "missing", fix)]
    fix = (
        "on a Pi: sudo apt install python3-picamera2, and a virtual environment made with "
        "--system-site-packages"
    )
    return [*findings, Finding("picamera2", "missing", "not installed", fix)]


def _v4l2(device: Path) -> Finding | None:
    """None where the device is no camera by itself."""
    try:
        descriptor = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.EACCES:
            fix = "sudo usermod -aG video $USER, then log in again"
        else:
            fix = "unplug it and plug it in again"
        detail = f"{device} may not be opened: {error.strerror}"
        return Finding("camera", "missing", detail, fix)
    try:
        told = ioctl(descriptor, QUERYCAP, bytes(CAPABILITY))
    except OSError:
        return None
    finally:
        os.close(descriptor)
    driver, card = (_words(told[part]) for part in (DRIVER, CARD))
    if driver.startswith(PARTS) or not int.from_bytes(told[ABILITIES], "little") & VIDEO_CAPTURE:
        return None
    return Finding("camera", "ok", f"{device}, {card}")


def _words(text: bytes) -> str:
    return text.partition(b"\0")[0].decode(errors="replace")
