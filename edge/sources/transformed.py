"""How a source's pictures are held: turned, mirrored and cut to the region of interest."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge.config.settings import SourceSettings
from edge.frame import Frame
from edge.sources.source import FrameSource


@dataclass(frozen=True)
class PictureTransform:
    """quarters: of a turn, clockwise, then mirrored left to right, then cut to a region.

    left, top, right, bottom: where the region's edges are, as shares of the turned picture.
    """

    quarters: int = 0
    mirror: bool = False
    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    @classmethod
    def of(cls, settings: SourceSettings) -> PictureTransform:
        """The view that a configuration asks for."""
        return cls(
            settings.rotation // 90,
            settings.mirror,
            settings.left,
            settings.top,
            settings.right,
            settings.bottom,
        )

    def show(self, grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A picture uint8 [h, w] as it is to be looked at; never empty."""
        turned = np.rot90(grey, -self.quarters)
        if self.mirror:
            turned = turned[:, ::-1]
        height, width = turned.shape
        top, bottom = _span(self.top, self.bottom, height)
        left, right = _span(self.left, self.right, width)
        return np.ascontiguousarray(turned[top:bottom, left:right])


class TransformedSource(FrameSource):
    """Any source, seen in a view."""

    def __init__(self, source: FrameSource, view: PictureTransform) -> None:
        self._source = source
        self._view = view
        self.live = source.live

    def open(self) -> None:
        self._source.open()

    def read(self) -> Frame | None:
        frame = self._source.read()
        return None if frame is None else replace(frame, grey=self._view.show(frame.grey))

    def close(self) -> None:
        self._source.close()

    @property
    def trouble(self) -> str:
        return self._source.trouble

    @property
    def dropped(self) -> int:
        return self._source.dropped


def _span(begin: float, end: float, length: int) -> tuple[int, int]:
    """Pixels from the first to after the last, at least one."""
    first = min(length - 1, round(begin * length))
    return first, max(first + 1, round(end * length))
