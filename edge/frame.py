"""A frame of a source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Frame:
    """A grey picture with its time.

    Attributes:
        grey: uint8 [h, w], 0..255.
        time: Seconds on the source's clock. This is the media's timestamp for a file, and
            time.monotonic() for a camera or a file in real time: it is independent of the time of
            day and continues while the camera is lost.
        index: Number of the frame since the source was opened, from 0. Dropped frames count.
    """

    grey: NDArray[np.uint8]
    time: float
    index: int
