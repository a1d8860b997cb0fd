"""Makes the parts of a daemon that depend on the configuration."""

from __future__ import annotations

from dataclasses import dataclass

import cv2

from catalog.reloading import ReloadingCatalog
from edge.config.load import Config
from edge.config.settings import SourceSettings
from edge.daemon.picture_notice import PictureNotice
from edge.daemon.resting_face_keeper import RestingFaceKeeper
from edge.mood.resting_face_file import RestingFaceFile
from edge.mood.tracker import MoodTracker
from edge.music.profile import History
from edge.music.selector import TrackSelector
from edge.players import Player
from edge.vision.classifier import EmotionClassifier
from edge.vision.configured_artefact import find_configured_artefact
from edge.vision.frame_pipeline import FramePipeline
from edge.vision.model_identity import ModelIdentity


@dataclass(frozen=True)
class Components:
    """The parts that a reload of the configuration replaces.

    resting_face: None for a film or a folder that is not paced: nobody sits in front of it.
    """

    pipeline: FramePipeline
    mood_tracker: MoodTracker
    selector: TrackSelector
    picture_notice: PictureNotice
    resting_face: RestingFaceKeeper | None = None


@dataclass(frozen=True)
class ComponentFactory:
    """Makes components from a configuration and from what stays the same during a run.

    player: Limits the selection to tracks that it can play. source: The settings of the source that
    runs. seed: As in Recommender.recommend. live: Whether it is a camera, or paced like one.
    """

    catalog: ReloadingCatalog
    history: History
    player: Player
    source: SourceSettings
    seed: int | None = None
    live: bool = False

    def components(self, config: Config) -> Components:
        """New components. Raises MoodpiError if they cannot be made from this configuration."""
        # OpenCV would start a thread for each core, for pictures too small to be worth it.
        cv2.setNumThreads(config.model.threads)
        return Components(
            FramePipeline(EmotionClassifier.from_config(config), config.faces),
            MoodTracker(config.mood),
            TrackSelector(
                self.catalog, self.history, config.recommend, self.seed, self.player.playable
            ),
            PictureNotice(self.source, config.source.ignore),
            self._resting_face(config) if self.live else None,
        )

    @staticmethod
    def _resting_face(config: Config) -> RestingFaceKeeper:
        model = ModelIdentity.of(find_configured_artefact(config))
        return RestingFaceKeeper(RestingFaceFile(), model, learn=config.mood.learn_resting_face)
