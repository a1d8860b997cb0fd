"""The components of a daemon with the real catalogue and the real model."""

from __future__ import annotations

import cv2
import pytest

from catalog.reloading import ReloadingCatalog
from edge.config.load import Config
from edge.daemon.factory import ComponentFactory
from edge.music.profile.history import NoHistory
from edge.music.profile.taste import Taste
from edge.players.print_player import PrintPlayer


@pytest.mark.parametrize("threads", [1, 2])
def test_opencv_keeps_to_the_configured_threads(threads):
    config = Config().override({"model.threads": threads})
    with ReloadingCatalog() as catalog:
        player = PrintPlayer(config.player, None)
        try:
            ComponentFactory(catalog, NoHistory(Taste()), player).components(config)
            assert cv2.getNumThreads() == threads
        finally:
            cv2.setNumThreads(1)
