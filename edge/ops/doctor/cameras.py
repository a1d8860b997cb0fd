"""Check of the cameras and the access to them."""

from __future__ import annotations

import errno
import os
from fcntl import ioctl
from importlib.util import find_spec
from pathlib import Path

from edge.config.load import load_config
from edge.ops.doctor.result import CheckResult, probe
from edge.sources.picamera import PICAMERA2
from moodpi.errors import MoodpiError
from moodpi.requirements import how_to_install_picamera2

# VIDIOC_QUERYCAP of videodev2.h, and the fields of its struct v4l2_capability.
QUERYCAP, CAPABILITY_SIZE = 0x80685600, 104
DRIVER, CARD, DEVICE_CAPS = slice(0, 16), slice(16, 48), slice(88, 92)
VIDEO_CAPTURE = 0x1
# Drivers of the Pi camera's components and codecs. Only picamera2 can use them.
PI_DRIVERS = ("bcm2835", "unicam", "rp1-cfe", "rpi", "pispbe")
PICAMERA2_SCRIPT = """
import sys
from picamera2 import Picamera2
models = [camera["Model"] for camera in Picamera2.global_camera_info()]
print(", ".join(models)) if models else sys.exit("no camera is connected to the ribbon cable")
"""


def check_cameras_and_source() -> list[CheckResult]:
    """The cameras of this computer, and whether the configured one is among them."""
    cameras = _check_cameras()
    try:
        device = load_config().source.device
    except MoodpiError:  # a failed check of the configuration
        return cameras
    return [*cameras, _check_source(device, cameras)]


def check_source() -> list[CheckResult]:
    """Whether the configured camera, film or folder exists; none without a configuration."""
    return [result for result in check_cameras_and_source() if result.subject == "source"]


def found_cameras() -> dict[str, str]:
    """Each camera that works here: its name in source.device, and its model."""
    found = [result for result in _check_cameras() if result.status == "ok"]
    return {
        PICAMERA2 if result.subject == PICAMERA2 else device: model or device
        for result in found
        for device, _, model in [result.detail.partition(", ")]
    }


def _check_source(device: str, cameras: list[CheckResult]) -> CheckResult:
    """The configured source. Network cameras and files are not opened."""
    path = f"/dev/video{device}" if device.isdecimal() else device
    found = [result for result in cameras if result.status == "ok"]
    if path.startswith(PICAMERA2):
        exists = any(result.subject == PICAMERA2 for result in found)
    elif path.startswith("/dev/"):
        exists = Path(path).exists()
    else:
        exists = "://" in path or Path(path).exists()
    if exists:
        return CheckResult("source", "ok", device)
    others = [result.detail for result in found if result.subject == "camera"]
    fix = (
        f"sudo moodpi setup, and choose another camera ({'; '.join(others)})"
        if others
        else "connect a camera, or use a film: sudo moodpi setup --yes --camera FILM"
    )
    return CheckResult("source", "missing", f"{device}, as configured, does not exist here", fix)


def _check_cameras() -> list[CheckResult]:
    """The V4L2 capture devices, and picamera2 for cameras on a Pi's ribbon cable."""
    numbers = sorted(int(path.name[5:]) for path in Path("/dev").glob("video[0-9]*"))
    results = [r for number in numbers if (r := _check_v4l2(Path(f"/dev/video{number}")))]
    if not results:
        fix = "connect a camera; photos, video files and network cameras work without one"
        results.append(CheckResult("camera", "missing", "no /dev/video* captures video", fix))
    if find_spec("picamera2"):
        fix = "power off, reconnect the ribbon cable, set camera_auto_detect=1 in config.txt"
        return [*results, probe("picamera2", PICAMERA2_SCRIPT, failure="missing", fix=fix)]
    fix = f"on a Pi: {how_to_install_picamera2()}"
    return [*results, CheckResult("picamera2", "missing", "not installed", fix)]


def _check_v4l2(device: Path) -> CheckResult | None:
    """None if the device is not a usable V4L2 camera."""
    try:
        descriptor = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.EACCES:
            fix = "sudo usermod -aG video $USER, then log in again"
        else:
            fix = "disconnect and reconnect it"
        detail = f"{device} cannot be opened: {error.strerror}"
        return CheckResult("camera", "missing", detail, fix)
    try:
        capability = ioctl(descriptor, QUERYCAP, bytes(CAPABILITY_SIZE))
    except OSError:
        return None
    finally:
        os.close(descriptor)
    driver, card = (_text(capability[part]) for part in (DRIVER, CARD))
    if (
        driver.startswith(PI_DRIVERS)
        or not int.from_bytes(capability[DEVICE_CAPS], "little") & VIDEO_CAPTURE
    ):
        return None
    return CheckResult("camera", "ok", f"{device}, {card}")


def _text(text: bytes) -> str:
    return text.partition(b"\0")[0].decode(errors="replace")
