"""From uploaded bytes to what the command line's `--json` would print. Lives in one thread."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog.reloading import ReloadingCatalog
from edge.config.load import Config
from edge.frontends.documents import recommendation_json
from edge.frontends.web.errors import HttpError
from edge.frontends.web.image_check import check_image
from edge.mood.affect import Affect
from edge.music.profile import FileHistory, History, ProfileStore, Taste, Verdict
from edge.music.profile.feedback import record_feedback
from edge.music.selector import TrackSelector
from edge.vision.classified_face import ClassifiedFace
from edge.vision.classifier import EmotionClassifier
from edge.vision.detector import HaarFaceDetector
from edge.vision.photo import decode_photo
from edge.vision.photo_pipeline import PhotoPipeline

MOST_PIXELS = 40_000_000
NAME = "the picture"


@dataclass(frozen=True)
class PhotoRequest:
    """What is asked of a picture; None for the configuration's. face: by size, the largest is 0."""

    model: str | None = None
    format: str | None = None
    strategy: str | None = None
    count: int | None = None
    seed: int | None = None
    face: int = 0


class Stopwatch:
    """Seconds per step, as a Server-Timing header says them (W3C Server Timing)."""

    def __init__(self) -> None:
        self._taken: dict[str, float] = {}

    @contextmanager
    def timing(self, step: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self._taken[step] = time.perf_counter() - begun

    def move(self, step: str, part: str, seconds: float) -> None:
        """Count a part of a step by itself."""
        self._taken[step] -= seconds
        self._taken[part] = seconds

    def total(self) -> float:
        return sum(self._taken.values())

    def header(self) -> dict[str, str]:
        return {
            "Server-Timing": ", ".join(
                f"{step};dur={seconds * 1e3:.1f}" for step, seconds in self._taken.items()
            )
        }


class PhotoService:
    """PhotoService for one configuration; models are loaded when they are first asked for."""

    def __init__(self, config: Config, listener: Path) -> None:
        self._config = config
        self._listener = listener
        self._catalog = ReloadingCatalog(config.catalog_file())
        self._history = _LikesAlone(FileHistory(listener))
        self._detector = HaarFaceDetector()
        self._pipelines: dict[tuple[str, str], PhotoPipeline] = {}

    def recommend(self, content: bytes, wish: PhotoRequest) -> tuple[dict[str, object], Stopwatch]:
        """The document of `moodpi recommend --json`. Raises HttpError 422 without a face."""
        faces, watch = self._read(content, wish)
        if not faces:
            raise HttpError(
                422, "no_face", "no face found: try one that looks at the camera, brighter, closer"
            )
        if wish.face >= len(faces):
            raise HttpError(
                400, "no_such_face", f"face {wish.face}: expected 0 to {len(faces) - 1}"
            )
        faces.insert(0, faces.pop(wish.face))
        affect = Affect.from_probabilities(faces[0].probabilities)
        with watch.timing("recommend"):
            settings = self._config.override(
                {"recommend.strategy": wish.strategy, "recommend.count": wish.count}
            ).recommend
            chosen = TrackSelector(self._catalog, self._history, settings, wish.seed).select(affect)
        return recommendation_json(affect, faces, chosen), watch

    def classify(self, content: bytes, wish: PhotoRequest) -> tuple[dict[str, object], Stopwatch]:
        """One entry of `moodpi classify --json`; no face is an empty list."""
        faces, watch = self._read(content, wish)
        return {"image": None, "faces": [face.to_json() for face in faces]}, watch

    def judge(self, verdict: str, track: str | None, artist: str | None) -> list[dict[str, str]]:
        """Note a word as `moodpi like --json` does. Raises UsageError for an unknown track."""
        said, catalog = Verdict(verdict), self._catalog.current()
        with ProfileStore.open(self._listener) as store:
            result = record_feedback(
                store, catalog, said, artist or track or "", artist=artist is not None
            )
        return [item.to_json() for item in result.feedback]

    def warm_up(self) -> None:
        """Load the configuration's model, so that the first guest does not wait for it."""
        self._pipeline(PhotoRequest())

    def _read(self, content: bytes, wish: PhotoRequest) -> tuple[list[ClassifiedFace], Stopwatch]:
        watch = Stopwatch()
        pipeline = self._pipeline(wish)
        check_image(content)
        with watch.timing("decode"):
            grey = decode_photo(content, NAME, MOST_PIXELS)
        _TimedClassifier.seconds = 0.0
        with watch.timing("faces"):
            faces = pipeline.analyse(grey)
        watch.move("faces", "classify", _TimedClassifier.seconds)
        return faces, watch

    def _pipeline(self, wish: PhotoRequest) -> PhotoPipeline:
        configured = self._config.model
        settings = replace(
            configured,
            name=wish.model or configured.name,
            format=wish.format or configured.format,
        )
        key = (settings.name, settings.format)
        if key not in self._pipelines:
            classifier = _TimedClassifier.load(*key, settings.threads)
            self._pipelines[key] = PhotoPipeline(classifier, self._detector)
        return self._pipelines[key]


class _TimedClassifier(EmotionClassifier):
    """Adds up what classifying took, in seconds, in the one thread that does it."""

    seconds = 0.0

    def classify(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        begun = time.perf_counter()
        probabilities = super().classify(face)
        _TimedClassifier.seconds += time.perf_counter() - begun
        return probabilities


class _LikesAlone(History):
    """A listener's taste as it is now, and no history: a photo is not a day of listening."""

    def __init__(self, history: FileHistory) -> None:
        self._file = history

    def last_played(self, ids: Iterable[str]) -> dict[str, int]:  # noqa: ARG002
        return {}

    def add(self, ids: Sequence[str], emotion: str) -> None:
        """Nothing is kept."""

    def taste(self) -> Taste:
        return self._file.taste()
