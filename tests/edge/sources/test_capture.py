"""The JPEGs of a camera, decoded to grey."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge.sources.capture import GreyCapture
from tests.grey_picture import grey_picture


class JpegCapture(GreyCapture):
    """Receives one JPEG instead of a device's pictures."""

    def __init__(self, jpeg: bytes, requested_side: int) -> None:
        super().__init__("/dev/video97", cv2.CAP_V4L2)
        self._jpeg = np.frombuffer(jpeg, np.uint8)
        self.read_encoded(requested_side)

    def _receive(self) -> np.ndarray:
        return self._jpeg


@pytest.mark.parametrize(
    ("requested", "factor"), [(640, 1), (512, 1), (257, 1), (256, 2), (128, 2)]
)
def test_a_picture_of_twice_the_requested_size_is_halved(portrait, requested, factor):
    whole = grey_picture(portrait)
    assert max(whole.shape) == 512
    grey = JpegCapture(portrait.read_bytes(), requested).read()
    assert grey.shape == (whole.shape[0] // factor, whole.shape[1] // factor)
    assert grey.dtype == np.uint8
    smaller = cv2.resize(whole, grey.shape[::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(smaller.astype(int) - grey).mean() < 3


def test_damaged_pictures_are_counted(portrait):
    capture = JpegCapture(portrait.read_bytes()[:200], 640)
    assert capture.read() is None
    assert capture.damaged > 0
