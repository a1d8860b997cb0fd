"""The events of a run, their JSON, and the interface of their receivers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from edge.mood.affect import Affect
from edge.mood.tracker import Mood
from edge.music.recommendation import Recommendation, RecommendedTrack


@dataclass(frozen=True, eq=False)
class Event(ABC):
    """Something that happened.

    time: Seconds since the start of a file, or since 1970 (UTC) for a live source.
    """

    time: float

    @property
    @abstractmethod
    def kind(self) -> str:
        """The event's name in `moodpi run --json`."""

    @abstractmethod
    def fields(self) -> dict[str, object]:
        """The JSON fields in addition to the kind and the time."""

    def to_json(self) -> dict[str, object]:
        """One line of `moodpi run --json`."""
        return {"event": self.kind, "time": round(self.time, 3), **self.fields()}


@dataclass(frozen=True, eq=False)
class MoodEvent(Event):
    """The mood changed."""

    kind = "mood"
    mood: Mood

    def fields(self) -> dict[str, object]:
        return {**mood_numbers(self.mood), "why": self.mood.why}


@dataclass(frozen=True, eq=False)
class AffectEvent(Event):
    """The mood is the same, and its numbers have changed."""

    kind = "affect"
    mood: Mood

    def fields(self) -> dict[str, object]:
        return mood_numbers(self.mood)


@dataclass(frozen=True, eq=False)
class TracksEvent(Event):
    """Tracks were selected for a mood. confidence: The mood's, 0 to 1."""

    kind = "tracks"
    confidence: float
    recommendation: Recommendation

    def fields(self) -> dict[str, object]:
        return {
            "emotion": self.recommendation.emotion,
            "confidence": round(self.confidence, 4),
            **self.recommendation.to_json(),
        }


@dataclass(frozen=True, eq=False)
class PlayingEvent(Event):
    """Another track is playing. track: None if none of moodpi's tracks is."""

    kind = "playing"
    track: RecommendedTrack | None

    def fields(self) -> dict[str, object]:
        return {"track": None if self.track is None else self.track.to_json()}


@dataclass(frozen=True, eq=False)
class PresenceEvent(Event):
    """A person came into view, or nobody has been in view for a while."""

    kind = "presence"
    present: bool

    def fields(self) -> dict[str, object]:
        return {"present": self.present}


@dataclass(frozen=True, eq=False)
class PictureEvent(Event):
    """A face is that of a picture. setting: The line under [source] that excludes it."""

    kind = "picture"
    setting: str

    def fields(self) -> dict[str, object]:
        return {"setting": self.setting}


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
    """The run ended. why: Why it had no mood; empty if it had one, or was stopped."""

    kind = "status"
    counts: RunCounts
    why: str = ""

    def fields(self) -> dict[str, object]:
        why = {"why": self.why} if self.why else {}
        return {**self.counts.to_json(), **why}


def mood_numbers(mood: Mood) -> dict[str, object]:
    """The emotion of a mood and its numbers, rounded to four decimal places.

    `confidence` is `share` under its name in moodpi 0.1.
    """
    affect = Affect.from_probabilities(mood.probabilities)
    return {
        "emotion": mood.emotion,
        "confidence": round(mood.share, 4),
        "belief": round(mood.belief, 4),
        "share": round(mood.share, 4),
        "valence": round(affect.valence, 4),
        "arousal": round(affect.arousal, 4),
    }


class Reporter(ABC):
    """Receives every event as it happens. It must not block: the main loop calls it."""

    @abstractmethod
    def report(self, event: Event) -> None:
        """Receive one event."""


class CompositeReporter(Reporter):
    """Passes every event to several reporters."""

    def __init__(self, *reporters: Reporter) -> None:
        self._reporters = reporters

    def report(self, event: Event) -> None:
        for reporter in self._reporters:
            reporter.report(event)
