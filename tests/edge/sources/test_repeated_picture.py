"""A stream whose size changes, which OpenCV up to 4.12 shows as one picture, repeated."""

from __future__ import annotations

import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.sources.repeated_picture import MIN_REPEATED_SECONDS, RepeatedPictureDetector

PICTURE = np.zeros((4, 4), np.uint8)


def first_detection(pictures: list[np.ndarray], key_frames: set[int], rate: float) -> int | None:
    detector = RepeatedPictureDetector()
    for index, picture in enumerate(pictures):
        if detector.has_changed_size(picture, index / rate, is_key_frame=index in key_frames):
            return index
    return None


def test_a_picture_repeated_from_a_key_frame_on_is_a_change_of_size():
    assert first_detection([PICTURE] * 100, {0, 10}, 10.0) == 10 + 10 * MIN_REPEATED_SECONDS


def test_a_dark_room_is_not_a_change_of_size():
    noisy = PICTURE.copy()
    noisy[0, 0] = 1
    assert first_detection([PICTURE] * 100, {0}, 10.0) is None
    pictures = [noisy if index % 20 == 10 else PICTURE for index in range(100)]
    assert first_detection(pictures, {0, 10, 30, 50, 70}, 10.0) is None


@pytest.mark.system
def test_a_real_change_of_size_is_followed_or_noticed(tmp_path: Path):
    stream = tmp_path / "both.ts"
    for size in ("320x240", "640x480"):
        source = ["-f", "lavfi", "-i", f"testsrc=s={size}:r=10:d=4"]
        options = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-f", "mpegts", "-"]
        command = ["ffmpeg", "-v", "error", *source, *options]
        done = subprocess.run(command, capture_output=True, check=True)
        with stream.open("ab") as file:
            file.write(done.stdout)
    capture, detector = cv2.VideoCapture(str(stream), cv2.CAP_FFMPEG), RepeatedPictureDetector()
    shapes, noticed = set(), False
    for index in range(80):
        success, picture = capture.read()
        assert success
        grey = np.asarray(picture, np.uint8)
        shapes.add(grey.shape)
        is_key_frame = capture.get(cv2.CAP_PROP_FRAME_TYPE) == ord("I")
        noticed |= detector.has_changed_size(grey, index / 10, is_key_frame=is_key_frame)
    assert noticed != (len(shapes) == 2)
