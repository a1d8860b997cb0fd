"""A USB camera, or any other device of Video4Linux2, by any of its names."""

from __future__ import annotations

import os
import re
import stat
import time
from pathlib import Path

import cv2

from edge.frame import Frame
from edge.sources.capture import GreyCapture
from edge.sources.source import SourceKind
from moodpi.errors import MoodpiError

# The formats of Video4Linux2 whose frames are JPEGs.
JPEG_FORMATS = frozenset(cv2.VideoWriter.fourcc(*name) for name in ("MJPG", "JPEG"))
NUMBER = re.compile(r"[0-9]{1,3}")
DEVICES = Path("/dev")
# The major number of Video4Linux2's devices (Documentation/admin-guide/devices.txt of Linux).
VIDEO4LINUX_MAJOR = 81


class V4l2Source(SourceKind):
    """Frames of a Video4Linux2 device.

    Its name is a number, or any path below /dev, also one that does not exist yet: udev makes links
    such as /dev/v4l/by-id/NAME and /dev/webcam when the camera is plugged in. A link elsewhere that
    leads to a device is a camera, too. A file or a folder below /dev is not.
    """

    live = True
    _capture: GreyCapture | None = None

    @classmethod
    def recognizes(cls, text: str) -> bool:
        if NUMBER.fullmatch(text):
            return True
        path = Path(text)
        if path.exists():
            return path.is_char_device()
        return path.is_absolute() and DEVICES in Path(os.path.normpath(path)).parents

    def open(self) -> None:
        device = f"/dev/video{int(self._text)}" if self._text.isdecimal() else self._text
        self._device = device
        _check_device(device)
        self._capture = GreyCapture(device, cv2.CAP_V4L2)
        if not self._capture.opened:
            raise MoodpiError(
                f"the camera {device} cannot be opened: it is in use by another program, "
                "or does not capture video",
                code="camera_unavailable",
            )
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._settings.width)
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._settings.height)
        self._capture.set(cv2.CAP_PROP_FPS, self._settings.frame_rate)
        # OpenCV selects JPEG only if the camera has no other format.
        if self._capture.get(cv2.CAP_PROP_FOURCC) in JPEG_FORMATS:
            self._capture.read_encoded(max(self._settings.width, self._settings.height))
        self._index = 0

    def read(self) -> Frame | None:
        if self._capture is None:
            raise RuntimeError("the source is not open")
        grey = self._capture.read()
        if grey is None:
            raise MoodpiError(
                f"the camera {self._device} stopped delivering frames: check its cable and power",
                code="camera_stopped",
            )
        self._index += 1
        return Frame(grey, time.monotonic(), self._index - 1)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()

    @property
    def dropped(self) -> int:
        return 0 if self._capture is None else self._capture.damaged


def _check_device(device: str) -> None:
    if not Path(device).exists():
        raise MoodpiError(f"no camera at {device}: {_present_cameras()}", code="no_camera")
    status = Path(device).stat()
    if not stat.S_ISCHR(status.st_mode) or os.major(status.st_rdev) != VIDEO4LINUX_MAJOR:
        raise MoodpiError(f"{device} is not a camera: {_present_cameras()}", code="no_camera")
    if not os.access(device, os.R_OK | os.W_OK):
        raise MoodpiError(
            f"no permission to use {device}: `sudo usermod -aG video $USER`, then log in again",
            code="no_permission",
        )


def _present_cameras() -> str:
    paths = [*DEVICES.glob("video*"), *DEVICES.glob("v4l/by-id/*")]
    present = ", ".join(sorted(map(str, paths)))
    return f"found {present}" if present else "no /dev/video* exists; plug one in"
