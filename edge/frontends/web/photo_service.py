"""From the bytes of a photo to the documents that the command line prints with `--json`."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog.reloading import catalog_with_own_songs
from edge.config.load import Config
from edge.frontends.documents import recommendation_json
from edge.frontends.web.errors import HttpError
from edge.frontends.web.model_comparison import compared_file
from edge.frontends.web.photo_request import PhotoRequest
from edge.frontends.web.server_timing import ServerTiming
from edge.mood.affect import Affect
from edge.music.profile import FileHistory, NoHistory, ProfileStore, Verdict
from edge.music.profile.feedback import record_feedback
from edge.music.selector import TrackSelector, all_tracks
from edge.photos.decoder import PhotoDecoder
from edge.photos.errors import UndecodableError
from edge.players.player_tracks import SavedSongs
from edge.vision.classified_face import ClassifiedFace
from edge.vision.classifier import EmotionClassifier
from edge.vision.mirror import MirrorAveragingClassifier
from edge.vision.photo_pipeline import NO_FACE_FIX, CroppedFace, PhotoPipeline, cropped_faces
from edge.vision.photo_search import PhotoSearch


class PhotoService:
    """Recommends tracks for photos, classifies faces and records feedback.

    It must be created and used in one thread, because its SQLite connections belong to that thread.
    Models are loaded when they are first used. profile: the file of the listener's profile.
    decoder: decodes the uploads; the caller closes it.
    """

    def __init__(self, config: Config, profile: Path, decoder: PhotoDecoder) -> None:
        self._config = config
        self._profile = profile
        self._decoder = decoder
        self._catalog = catalog_with_own_songs(config.catalog_file())
        self._history = FileHistory(profile)
        self._search = PhotoSearch.load()
        self._classifiers: dict[tuple[str, str], _TimedClassifier] = {}

    def recommend(
        self, content: bytes, request: PhotoRequest, *, for_player: bool = False
    ) -> tuple[dict[str, object], ServerTiming]:
        """The document of `moodpi recommend --json`. Raises HttpError no_face or no_such_face.

        for_player: only tracks that the player of the running daemon has, as far as is known.
        """
        faces, timing = self._read_faces(content, request)
        _check_face(request, len(faces))
        faces.insert(0, faces.pop(request.face))
        affect = Affect.from_probabilities(faces[0].probabilities)
        with timing.measure("recommend"):
            settings = self._config.override(
                {"recommend.strategy": request.strategy, "recommend.count": request.count}
            ).recommend
            # A photo is recommended for without the play history, as on the command line.
            history = NoHistory(self._history.taste())
            playable = SavedSongs(self._config).playable if for_player else all_tracks
            selector = TrackSelector(self._catalog, history, settings, request.seed, playable)
            recommendation = selector.select(affect)
        return recommendation_json(affect, faces, recommendation), timing

    def classify(
        self, content: bytes, request: PhotoRequest
    ) -> tuple[dict[str, object], ServerTiming]:
        """One entry of `moodpi classify --json`; its list of faces may be empty."""
        faces, timing = self._read_faces(content, request)
        return {"image": None, "faces": [face.to_json() for face in faces]}, timing

    def find_face(self, content: bytes, request: PhotoRequest) -> CroppedFace:
        """The face that decides.

        Raises HttpError no_face or no_such_face.
        """
        faces = cropped_faces(self._decode(content), self._search)
        _check_face(request, len(faces))
        return faces[request.face]

    def compare(self, model: str, artefact_format: str, face: CroppedFace) -> dict[str, object]:
        """One row of POST /api/compare (see compared_file)."""
        settings = replace(self._config.model, name=model, format=artefact_format)
        return compared_file(settings, face)

    def record_feedback(
        self, verdict: str, track: str | None, artist: str | None
    ) -> list[dict[str, str]]:
        """Record a verdict on a track or on an artist, whichever is not None.

        Raises UsageError for one that is not in the catalogue.
        """
        catalog = self._catalog.current()
        with ProfileStore.open(self._profile) as store:
            result = record_feedback(store, catalog, Verdict(verdict), track=track, artist=artist)
        return [item.to_json() for item in result.feedback]

    def load_model(self) -> None:
        """Load the configured model now, to keep the first request fast."""
        self._classifier(PhotoRequest())

    def _read_faces(
        self, content: bytes, request: PhotoRequest
    ) -> tuple[list[ClassifiedFace], ServerTiming]:
        timing = ServerTiming()
        classifier = self._classifier(request)
        with timing.measure("decode"):
            grey = self._decode(content)
        classifier.seconds = 0.0
        with timing.measure("faces"):
            faces = PhotoPipeline(MirrorAveragingClassifier(classifier), self._search).analyse(grey)
        timing.split("faces", "classify", classifier.seconds)
        return faces, timing

    def _decode(self, content: bytes) -> NDArray[np.uint8]:
        header = self._decoder.check(content, "the photo")
        if not header.complete:
            raise UndecodableError("the photo is truncated: send it again")
        return self._decoder.decode(content, header, "the photo")

    def _classifier(self, request: PhotoRequest) -> _TimedClassifier:
        configured = self._config.model
        settings = replace(
            configured,
            name=request.model or configured.name,
            format=request.format or configured.format,
        )
        key = (settings.name, settings.format)
        if key not in self._classifiers:
            self._classifiers[key] = _TimedClassifier.load(settings)
        return self._classifiers[key]


def _check_face(request: PhotoRequest, found: int) -> None:
    """Raise HttpError no_face or no_such_face unless the face of the request was found."""
    if not found:
        raise HttpError("no_face", f"no face found in the photo: {NO_FACE_FIX}")
    if request.face >= found:
        raise HttpError("no_such_face", f"face = {request.face}: expected 0 to {found - 1}")


class _TimedClassifier(EmotionClassifier):
    """Measures its own time. seconds: the sum since it was last set to 0."""

    seconds = 0.0

    def classify(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        started = time.perf_counter()
        probabilities = super().classify(face)
        self.seconds += time.perf_counter() - started
        return probabilities
