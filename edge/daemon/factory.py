"""Makes the parts of a daemon that depend on the configuration."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.reloading import ReloadingCatalog
from edge.config.load import Config
from edge.mood.tracker import MoodTracker
from edge.music.profile import History
from edge.music.selector import TrackSelector
from edge.players import Player
from edge.vision.classifier import EmotionClassifier
from edge.vision.frame_pipeline import FramePipeline


@dataclass(frozen=True)
class Components:
    """The parts that a reload of the configuration replaces."""

    pipeline: FramePipeline
    mood_tracker: MoodTracker
    selector: TrackSelector


@dataclass(frozen=True)
class ComponentFactory:
    """Makes components from a configuration and from what stays the same during a run.

    player: Limits the selection to tracks that it can play. seed: As in Recommender.recommend.
    """

    catalog: ReloadingCatalog
    history: History
    player: Player
    seed: int | None = None

    def components(self, config: Config) -> Components:
        """New components. Raises MoodpiError if they cannot be made from this configuration."""
        return Components(
            FramePipeline(EmotionClassifier.from_config(config), config.faces),
            MoodTracker(config.mood),
            TrackSelector(
                self.catalog, self.history, config.recommend, self.seed, self.player.playable
            ),
        )
