"""The setting that excludes a picture."""

from __future__ import annotations

import numpy as np
import pytest

from edge.config.load import parse_config
from edge.config.settings import SourceSettings
from edge.daemon.picture_notice import PictureNotice
from edge.sources.transformed import IGNORED_LEVEL, PictureTransform

SHAPE = (480, 640)


@pytest.mark.parametrize(
    "source",
    [
        SourceSettings(),
        SourceSettings(left=0.25, right=0.75, top=0.1, bottom=0.9),
        SourceSettings(rotation=90, mirror=True, left=0.2),
    ],
)
def test_the_line_excludes_the_face_and_little_else(tmp_path, source):
    frame = np.zeros(SHAPE, np.uint8)
    shape = PictureTransform.from_settings(source).apply(frame).shape
    box = (100, 80, 60, 60)
    line = PictureNotice(source, source.ignore).line(box, shape)
    written = parse_config(f"[source]\n{line}\n", tmp_path / "moodpi.toml").source
    both = SourceSettings(
        rotation=source.rotation,
        mirror=source.mirror,
        left=source.left,
        right=source.right,
        top=source.top,
        bottom=source.bottom,
        ignore=written.ignore,
    )
    cut_out = PictureTransform.from_settings(both).apply(frame) == IGNORED_LEVEL
    assert cut_out[80:140, 100:160].all()
    assert cut_out.sum() < 3 * 60 * 60


def test_the_line_keeps_what_is_ignored_already():
    notice = PictureNotice(SourceSettings(), ["0.00 0.00 0.10 0.10"])
    first = notice.line((320, 240, 64, 48), SHAPE)
    assert first == 'ignore = ["0.00 0.00 0.10 0.10", "0.47 0.47 0.62 0.62"]'
    assert notice.line((0, 0, 64, 48), SHAPE) == first[:-1] + ', "0.00 0.00 0.12 0.12"]'
    assert notice.line((320, 240, 64, 48), SHAPE).count("0.47 0.47") == 1
