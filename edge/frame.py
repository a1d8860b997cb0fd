"""One picture from a source, as it travels to the eyes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Frame:
    """A grey picture and when it was taken.

    grey: uint8 [h, w], 0..255. time: seconds on the source's own clock, which is the media's
    timestamps for a file and time.monotonic() for a camera, so that it goes on while the camera is
    lost and whatever becomes of the time of day. index: its place among the frames the source gave
    since it was opened, from 0, dropped ones included.
    """

    grey: NDArray[np.uint8]
    time: float
    index: int
