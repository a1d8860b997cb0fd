"""The search for a face that fills its picture."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.vision.cascade_passes import CascadePasses
from edge.vision.close_up import CloseUpDetector
from edge.vision.rotation import rotate
from tests.grey_picture import grey_picture

# The face of the portrait: left, top and side.
LEFT, TOP, SIDE = 177, 68, 94


@pytest.fixture(scope="module")
def close_ups() -> CloseUpDetector:
    return CloseUpDetector(CascadePasses())


@pytest.fixture(scope="module")
def portrait_face(portrait: Path) -> np.ndarray:
    """The face, cropped tightly."""
    return grey_picture(portrait)[TOP : TOP + SIDE, LEFT : LEFT + SIDE]


@pytest.fixture(scope="module")
def grey(portrait: Path) -> np.ndarray:
    return grey_picture(portrait)


@pytest.mark.parametrize("degrees", [-30, -20, 20, 30])
def test_a_head_that_leans_is_found(close_ups, portrait_face, degrees: float) -> None:
    leaning, _ = rotate(portrait_face, degrees)
    x, y, width, height = close_ups.detect(leaning).box
    assert x + width / 2 == pytest.approx(SIDE / 2, abs=0.1 * SIDE)
    assert y + height / 2 == pytest.approx(SIDE / 2, abs=0.1 * SIDE)


def test_the_box_of_a_mirrored_picture_is_the_mirrored_box(close_ups, grey) -> None:
    picture = grey[60:180, 170:290]
    x, y, width, height = close_ups.detect(picture).box
    mirrored = close_ups.detect(np.ascontiguousarray(picture[:, ::-1])).box
    assert mirrored == pytest.approx((120 - x - width, y, width, height), abs=3)


def test_a_face_beside_the_middle_is_not_a_close_up(close_ups, grey) -> None:
    """Its hits are as clear as in the middle, but so are those of other things."""
    middle = grey[60:180, 165:285]
    assert close_ups.detect(middle).hits > 20
    assert close_ups.detect(grey[60:180, 129:249]) is None


@pytest.mark.parametrize("left", [80, 165])
def test_a_face_at_the_end_of_a_wide_picture_is_found(close_ups, grey, left: int) -> None:
    x, _, width, _ = close_ups.detect(grey[60:180, left : left + 205]).box
    assert x + width / 2 == pytest.approx(LEFT + SIDE / 2 - left, abs=12)


def test_a_picture_much_longer_than_wide_has_no_close_up(close_ups, portrait_face) -> None:
    longer = cv2.copyMakeBorder(portrait_face, 60, 60, 0, 0, cv2.BORDER_REPLICATE)
    assert close_ups.detect(longer) is None
