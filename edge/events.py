"""What a run has to say, one frozen dataclass per kind of event, its JSON, and who is told."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from edge.mood.affect import Affect
from edge.music.recommendation import Recommendation, RecommendedTrack


@dataclass(frozen=True, eq=False)
class Event(ABC):
    """time: seconds into the media for files, seconds since 1970 (UTC) for cameras."""

    time: float

    @property
    @abstractmethod
    def kind(self) -> str:
        """The event's name in `moodpi run --json`."""

    @abstractmethod
    def fields(self) -> dict[str, object]:
        """What the event adds to its kind and time."""

    def to_json(self) -> dict[str, object]:
        """One object of `moodpi run --json`."""
        return {"event": self.kind, "time": round(self.time, 3), **self.fields()}


@dataclass(frozen=True, eq=False)
class MoodEvent(Event):
    """The mood changed. emotion: None when unsure. why: in words."""

    kind = "mood"
    emotion: str | None
    confidence: float
    affect: Affect
    why: str

    def fields(self) -> dict[str, object]:
        return {
            "emotion": self.emotion,
            "confidence": round(self.confidence, 4),
            "valence": round(self.affect.valence, 4),
            "arousal": round(self.affect.arousal, 4),
            "why": self.why,
        }


@dataclass(frozen=True, eq=False)
class TracksEvent(Event):
    """Tracks were chosen for a mood and handed to the player. confidence: the mood's."""

    kind = "tracks"
    emotion: str
    confidence: float
    recommendation: Recommendation

    def fields(self) -> dict[str, object]:
        return {
            "emotion": self.emotion,
            "confidence": round(self.confidence, 4),
            "valence": round(self.recommendation.valence, 4),
            "arousal": round(self.recommendation.arousal, 4),
            "strategy": self.recommendation.strategy,
            "tracks": [choice.to_json() for choice in self.recommendation.tracks],
        }


@dataclass(frozen=True, eq=False)
class PlayingEvent(Event):
    """Another track is heard, as far as the player knows. choice: None when none of moodpi's is."""

    kind = "playing"
    choice: RecommendedTrack | None

    def fields(self) -> dict[str, object]:
        return {"track": None if self.choice is None else self.choice.to_json()}


@dataclass(frozen=True, eq=False)
class PresenceEvent(Event):
    """Somebody came into view, or nobody has been there for a while."""

    kind = "presence"
    present: bool

    def fields(self) -> dict[str, object]:
        return {"present": self.present}


@dataclass(frozen=True)
class RunCounts:
    """Counts since the start of a run.

    Attributes:
        frames: Frames analysed: those scanned, tracked and skipped.
        scanned: Frames in which the whole picture was searched for faces.
        tracked: Frames in which only the surroundings of known faces were searched.
        skipped: Frames that were not searched, because nothing moved.
        dropped: Frames that a newer frame replaced before they were analysed.
        faces: Frames with a face.
        changes: Mood changes, including those to unsure.
    """

    frames: int
    scanned: int
    tracked: int
    skipped: int
    dropped: int
    faces: int
    changes: int

    def to_json(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> RunCounts:
        """The counts in a document. Raises KeyError if one is missing."""
        return cls(**{field.name: document[field.name] for field in fields(cls)})


@dataclass(frozen=True, eq=False)
class StatusEvent(Event):
    """The run ended."""

    kind = "status"
    counts: RunCounts

    def fields(self) -> dict[str, object]:
        return {**self.counts.to_json()}


class Reporter(ABC):
    """Is told of each event as it happens, and keeps the main loop waiting for nothing."""

    @abstractmethod
    def report(self, event: Event) -> None:
        """Pass it on."""


class Reporters(Reporter):
    """Several, each told in turn."""

    def __init__(self, *reporters: Reporter) -> None:
        self._reporters = reporters

    def report(self, event: Event) -> None:
        for reporter in self._reporters:
            reporter.report(event)
