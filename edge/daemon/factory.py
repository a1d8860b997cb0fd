"""From a configuration to what of a daemon follows it, at the start and when it is read again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from catalog.reloading import ReloadingCatalog
from edge.config.load import Config
from edge.daemon.loop import Daemon
from edge.mood.tracker import MoodTracker
from edge.music.profile import History
from edge.music.selector import TrackSelector
from edge.players import Player
from edge.vision.classifier import EmotionClassifier
from edge.vision.frame_pipeline import FramePipeline
from moodpi.errors import MoodpiError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DaemonFactory:
    """read: the configuration as it is now. player: what can be played says it. seed: as in
    Recommender.recommend.
    """

    read: Callable[[], Config]
    catalog: ReloadingCatalog
    history: History
    player: Player
    seed: int | None = None

    def parts(self, config: Config) -> tuple[FramePipeline, MoodTracker, TrackSelector]:
        """The parts made from `config`. Raises MoodpiError where the configuration allows none."""
        with config.attribute_errors_to("model.name", "model.format"):
            classifier = EmotionClassifier.load(
                config.model.name, config.model.format, config.model.threads
            )
        selection = TrackSelector(
            self.catalog, self.history, config.recommend, self.seed, self.player.playable
        )
        return FramePipeline(classifier, config.faces), MoodTracker(config.mood), selection

    def renew(self, daemon: Daemon) -> None:
        """Let the daemon follow the configuration as it is now, or go on and say what is wrong."""
        try:
            daemon.take(*self.parts(self.read()))
        except MoodpiError as error:
            log.warning("the configuration stays as it was: %s", error)
        else:
            log.info(
                "the configuration was read again: [model], [faces], [mood] and [recommend] as it "
                "says; all else, the catalogue too, takes effect at a restart"
            )
