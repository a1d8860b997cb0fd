"""Detection of a stream whose new size OpenCV does not follow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# How long a picture must be repeated, in seconds.
MIN_REPEATED_SECONDS = 2.0


class RepeatedPictureDetector:
    """Notices that OpenCV repeats the last picture of the old size.

    A new size begins with a key frame. A key frame is encoded on its own, so that even of a dark
    room it differs from the picture before it, unless OpenCV could not convert it.
    """

    def __init__(self) -> None:
        self._picture: NDArray[np.uint8] | None = None
        self._repeated_since: float | None = None

    def has_changed_size(
        self, picture: NDArray[np.uint8], now: float, *, is_key_frame: bool
    ) -> bool:
        """Whether the picture uint8 [h, w] has been repeated, from a key frame on. now: seconds."""
        is_same = self._picture is not None and np.array_equal(picture, self._picture)
        self._picture = picture
        if not is_same:
            self._repeated_since = None
        elif self._repeated_since is None and is_key_frame:
            self._repeated_since = now
        return self._repeated_since is not None and (
            now - self._repeated_since >= MIN_REPEATED_SECONDS
        )
