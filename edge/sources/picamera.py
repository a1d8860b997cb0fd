"""The Raspberry Pi's camera module, with picamera2's low-resolution stream."""

from __future__ import annotations

import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from edge.frame import Frame
from edge.sources.source import SourceKind
from moodpi.errors import MoodpiError
from moodpi.requirements import how_to_install_picamera2
from moodpi.text import MAX_NAME_LENGTH, clean_text, quoted

PICAMERA2 = "picamera2"
# The minimum that never makes the sensor wait: one filling, one full, one in use.
BUFFERS = 3
# libcamera's AfModeContinuous. By default, Camera Module 3 does not focus.
AF_MODE_CONTINUOUS = 2
# Without a picture for this long the sensor counts as hung or unplugged, in seconds.
CAPTURE_TIMEOUT = 5.0


class Picamera2Source(SourceKind):
    """Grey frames from the Y plane of the lores YUV420 stream, without colour conversion.

    The source is `picamera2` for the first camera, `picamera2:1` for the second, or
    `picamera2:ID` with an id of libcamera, which belongs to the socket of the ribbon cable.
    """

    live = True
    _camera: Any = None

    @classmethod
    def recognizes(cls, text: str) -> bool:
        return text == PICAMERA2 or text.startswith(f"{PICAMERA2}:")

    def open(self) -> None:
        module = _picamera2()
        number = self._number_of(module.Picamera2.global_camera_info())
        try:
            self._camera = module.Picamera2(number)
            self._configure()
            self._camera.start()
        except (RuntimeError, IndexError) as error:
            raise MoodpiError(
                f"the camera cannot be started: {error}: is another program using it?",
                code="camera_unavailable",
            ) from error
        self._index = 0

    def _number_of(self, cameras: list[dict[str, Any]]) -> int:
        """The number for picamera2 of the camera that the source names.

        cameras: what picamera2 lists. Num is a camera's number, Id its id in libcamera.
        """
        if not cameras:
            raise MoodpiError(
                "picamera2 finds no camera: check the ribbon cable at both ends "
                "(`rpicam-hello --list-cameras` must list one)",
                code="no_camera",
            )
        name = self._text.removeprefix(PICAMERA2).removeprefix(":") or "0"
        # Older versions of picamera2 do not state Num.
        numbers = [int(camera.get("Num", place)) for place, camera in enumerate(cameras)]
        for number, camera in zip(numbers, cameras, strict=True):
            if name in {str(number), camera.get("Id")}:
                return number
        listed = ", ".join(
            clean_text(f"{number} ({camera.get('Model')}, {camera.get('Id')})", MAX_NAME_LENGTH)
            for number, camera in zip(numbers, cameras, strict=True)
        )
        raise MoodpiError(
            f"no camera {quoted(name)} at picamera2: found {listed}", code="no_camera"
        )

    def _configure(self) -> None:
        size = (self._settings.width, self._settings.height)
        controls = {"FrameRate": self._settings.frame_rate}
        if "AfMode" in self._camera.camera_controls:
            controls["AfMode"] = AF_MODE_CONTINUOUS
        self._camera.configure(
            self._camera.create_video_configuration(
                main={"size": size},
                lores={"size": size, "format": "YUV420"},
                raw=None,
                buffer_count=BUFFERS,
                controls=controls,
            )
        )
        # libcamera may adjust the requested size.
        self._width, self._height = self._camera.camera_configuration()["lores"]["size"]

    def read(self) -> Frame | None:
        try:
            planes = self._camera.capture_array("lores", wait=CAPTURE_TIMEOUT)
        except RuntimeError as error:
            raise MoodpiError(
                f"the camera stopped delivering frames: {error}", code="camera_stopped"
            ) from error
        except TimeoutError as error:
            # Otherwise `close` would wait for the missing picture, too.
            self._camera.cancel_all_and_flush()
            raise MoodpiError(
                f"no picture from the sensor for {CAPTURE_TIMEOUT:g} s: "
                "check its cable at both ends",
                code="capture_timeout",
            ) from error
        # uint8 [height * 3 / 2, stride]: the Y plane comes first, and its rows are padded to the
        # stride. The copy lets the chroma planes be freed.
        grey = np.array(planes[: self._height, : self._width], dtype=np.uint8, order="C")
        self._index += 1
        return Frame(grey, time.monotonic(), self._index - 1)

    def close(self) -> None:
        if self._camera is not None:
            self._camera.close()
            self._camera = None


def _picamera2() -> Any:
    try:
        return import_module(PICAMERA2)
    except ImportError as error:
        raise MoodpiError(
            f"picamera2 cannot be imported ({error}): {_other_cameras()}; on a Raspberry Pi: "
            f"{how_to_install_picamera2()}",
            code="no_picamera2",
        ) from error
    # Raised if numpy is newer than the one that picamera2 was built with.
    except ValueError as error:
        raise MoodpiError(
            f"picamera2 is incompatible with this environment's numpy ({error}): "
            "install the numpy that the system's picamera2 was built with, below version 2",
            code="incompatible_numpy",
        ) from error


def _other_cameras() -> str:
    """How to use another camera than that of a ribbon cable, and which there are."""
    present = ", ".join(sorted(str(path) for path in Path("/dev").glob("video*")))
    found = f"found {present}" if present else "no /dev/video* exists, plug one in"
    return f"for a USB camera add --source 0, or `sudo moodpi setup` for the service ({found})"
