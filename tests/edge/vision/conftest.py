"""Fixtures of the tests of the vision."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.vision.crop import crop_face
from tests.grey_picture import grey_picture


@pytest.fixture(scope="session")
def portrait_face(portrait: Path) -> NDArray[np.uint8]:
    """The face of the portrait in the box of the detector, uint8 [48, 48]."""
    return crop_face(grey_picture(portrait), (177, 68, 94, 94))
