"""The components of a daemon with the real catalogue and the real model."""

from __future__ import annotations

import cv2
import pytest

from catalog.reloading import ReloadingCatalog
from edge.config.load import Config
from edge.config.settings import SourceSettings
from edge.daemon.factory import ComponentFactory
from edge.music.profile.history import NoHistory
from edge.music.profile.taste import Taste
from edge.players.print_player import PrintPlayer


def test_the_line_about_a_picture_is_for_the_source_that_runs():
    changed = Config().override({"source.left": 0.5, "source.ignore": ["0.00 0.00 0.10 0.10"]})
    with ReloadingCatalog() as catalog:
        player = PrintPlayer(changed.player, None)
        factory = ComponentFactory(catalog, NoHistory(Taste()), player, SourceSettings())
        line = factory.components(changed).picture_notice.line((320, 240, 64, 48), (480, 640))
    assert line == 'ignore = ["0.00 0.00 0.10 0.10", "0.47 0.47 0.62 0.62"]'


@pytest.mark.parametrize("threads", [1, 2])
def test_opencv_keeps_to_the_configured_threads(threads):
    config = Config().override({"model.threads": threads})
    with ReloadingCatalog() as catalog:
        player = PrintPlayer(config.player, None)
        try:
            ComponentFactory(catalog, NoHistory(Taste()), player, config.source).components(config)
            assert cv2.getNumThreads() == threads
        finally:
            cv2.setNumThreads(1)
