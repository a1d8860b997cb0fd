"""Tells which setting cuts a picture with a face out of the frames."""

from __future__ import annotations

import json
from collections.abc import Sequence

from edge.config.region import Region
from edge.config.settings import SourceSettings
from edge.vision.boxes import Box

# The detector needs some surroundings of a face. They are cut out with it, in widths of the face.
MARGIN = 0.25


class PictureNotice:
    """Writes the line of moodpi.toml for the pictures that were found during a run.

    source: The settings by which the source makes its pictures.
    ignored: The regions of `source.ignore` in the file, which the line keeps.
    """

    def __init__(self, source: SourceSettings, ignored: Sequence[str]) -> None:
        self._source = source
        self._regions = list(ignored)

    def line(self, box: Box, shape: tuple[int, ...]) -> str:
        """The line under [source] that ignores this picture and all before it.

        Args:
            box: The face in the analysed picture.
            shape: h and w of the analysed picture.
        """
        region = str(self._region(box, shape))
        if region not in self._regions:
            self._regions.append(region)
        return f"ignore = {json.dumps(self._regions)}"

    def _region(self, box: Box, shape: tuple[int, ...]) -> Region:
        """The surroundings of a face in shares of the whole frame."""
        x, y, width, height = box
        source = self._source
        across, down = (source.right - source.left), (source.bottom - source.top)
        return Region(
            _share(source.left + across * (x - MARGIN * width) / shape[1]),
            _share(source.top + down * (y - MARGIN * height) / shape[0]),
            _share(source.left + across * (x + (1 + MARGIN) * width) / shape[1]),
            _share(source.top + down * (y + (1 + MARGIN) * height) / shape[0]),
        )


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
