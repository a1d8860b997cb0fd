"""Rotation, mirroring and cropping of a source's pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge.config.region import Region, parse_region
from edge.config.settings import SourceSettings
from edge.frame import Frame
from edge.sources.source import FrameSource

# The grey level of ignored regions.
IGNORED_LEVEL = 128


@dataclass(frozen=True)
class PictureTransform:
    """A rotation, then a mirroring, then a crop; some regions are painted over.

    Attributes:
        quarter_turns: Clockwise rotation in steps of 90 degrees.
        mirror: Whether left and right are swapped.
        left, top, right, bottom: Edges of the crop as shares of the rotated picture, 0..1.
        ignored: Regions of the rotated picture that become grey.
    """

    quarter_turns: int = 0
    mirror: bool = False
    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0
    ignored: tuple[Region, ...] = ()

    @classmethod
    def from_settings(cls, settings: SourceSettings) -> PictureTransform:
        """The transform that the configuration describes."""
        return cls(
            settings.rotation // 90,
            settings.mirror,
            settings.left,
            settings.top,
            settings.right,
            settings.bottom,
            tuple(parse_region(region) for region in settings.ignore),
        )

    def apply(self, grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The transformed picture of a picture uint8 [h, w]; at least one pixel."""
        rotated = np.rot90(grey, -self.quarter_turns)
        if self.mirror:
            rotated = rotated[:, ::-1]
        height, width = rotated.shape
        if self.ignored:
            # The source can need its own picture again, to notice that it repeats itself.
            rotated = rotated.copy()
        for region in self.ignored:
            top, bottom = _pixel_range(region.top, region.bottom, height)
            left, right = _pixel_range(region.left, region.right, width)
            rotated[top:bottom, left:right] = IGNORED_LEVEL
        top, bottom = _pixel_range(self.top, self.bottom, height)
        left, right = _pixel_range(self.left, self.right, width)
        return np.ascontiguousarray(rotated[top:bottom, left:right])


class TransformedSource(FrameSource):
    """Applies a transform to every frame of another source."""

    def __init__(self, source: FrameSource, transform: PictureTransform) -> None:
        self._source = source
        self._transform = transform
        self.live = source.live

    def call_while_waiting(self, callback: Callable[[], None]) -> None:
        self._source.call_while_waiting(callback)

    def open(self) -> None:
        self._source.open()

    def read(self) -> Frame | None:
        frame = self._source.read()
        return None if frame is None else replace(frame, grey=self._transform.apply(frame.grey))

    def close(self) -> None:
        self._source.close()

    @property
    def error(self) -> str:
        return self._source.error

    @property
    def dropped(self) -> int:
        return self._source.dropped


def _pixel_range(begin: float, end: float, length: int) -> tuple[int, int]:
    """The first pixel and the one after the last; at least one pixel lies between them."""
    first = min(length - 1, round(begin * length))
    return first, max(first + 1, round(end * length))
