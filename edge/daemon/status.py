"""The status of a daemon, as `moodpi status` prints it and every interface reports it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, TypedDict

from edge.events import RunCounts
from moodpi.errors import MoodpiError

# An object with the field `command` and the command's arguments.
Request = dict[str, Any]
Answer = dict[str, Any]


class TrackJson(TypedDict):
    """The JSON of edge.music.recommendation.RecommendedTrack."""

    id: str
    title: str
    artist: str
    album: str | None
    valence: float
    arousal: float
    why: str
    url: str


class PresenceJson(TypedDict):
    """The JSON of edge.events.PresenceEvent."""

    event: str
    time: float
    present: bool


class MoodJson(TypedDict):
    """The JSON of edge.events.MoodEvent, with the present numbers.

    time: When the mood changed. The other numbers are those of edge.mood.tracker.Mood.
    """

    event: str
    time: float
    emotion: str | None
    confidence: float
    belief: float
    share: float
    valence: float
    arousal: float
    why: str


class TracksJson(TypedDict):
    """The JSON of edge.events.TracksEvent."""

    event: str
    time: float
    emotion: str
    confidence: float
    valence: float
    arousal: float
    strategy: str
    tracks: list[TrackJson]


class PlayingJson(TypedDict):
    """The JSON of edge.events.PlayingEvent."""

    event: str
    time: float
    track: TrackJson | None


class SongsJson(TypedDict):
    """The songs of a player's library, and how many of them moodpi can select."""

    total: int
    playable: int


class CalibrationJson(TypedDict):
    """The last calibration since the start. progress: 0 to 1. error, code: why it was refused."""

    state: Literal["running", "done", "refused"]
    progress: float
    error: str
    code: str


class RestingFaceJson(TypedDict):
    """The resting face, edge.mood.resting_face_file.RestingFaceRecord, and its calibration.

    origin: None without a resting face. applied: Whether looks are judged against it. why: Why
    not, as a message.
    """

    origin: Literal["calibrated", "learned"] | None
    applied: bool
    why: str
    model: str | None
    time: float | None
    seconds: float
    mean_log_probabilities: dict[str, float] | None
    calibration: CalibrationJson | None


class PreviewJson(TypedDict):
    """The preview of the camera. state: A link can be opened, or its viewer watches.

    seconds: How long that lasts.
    """

    state: Literal["link", "watched"]
    seconds: float


@dataclass(frozen=True)
class DaemonStatus:
    """The status of a daemon at one moment.

    Attributes:
        uptime: Seconds since the start.
        counts: Counts since the start.
        analysis_seconds: Time spent on finding and classifying faces since the start.
        presence: The last presence event, or None before the first.
        mood: The current mood, or None while it is not known.
        tracks: The current list of tracks, or None.
        playing: The last event about the playing track, or None.
        ratings: The verdicts on the listed and the playing track, by their ids.
        paused: Whether a person paused the music.
        pause_reason: Why no music plays, as a message. Empty while it may play.
        strategy: The strategy that chooses tracks.
        source: The camera or the file, without a password.
        player: The kind of the player.
        songs: The songs of the player's library. None if it has none or if they are not known yet.
        player_error: Why the player cannot play, as a message. Empty without an error.
        camera_error: Why no frames arrive, as a message. Empty without an error.
        song_analysis: How far the analysis of the player's songs is, as a message. Empty before its
            first run.
        resting_face: The resting face; None for a source that nobody sits in front of.
        preview: The preview of the camera while it is on, or None.
    """

    uptime: float
    counts: RunCounts
    analysis_seconds: float
    presence: PresenceJson | None
    mood: MoodJson | None
    tracks: TracksJson | None
    playing: PlayingJson | None
    ratings: dict[str, str]
    paused: bool
    pause_reason: str
    strategy: str
    source: str
    player: str
    songs: SongsJson | None
    player_error: str
    camera_error: str
    song_analysis: str
    resting_face: RestingFaceJson | None
    preview: PreviewJson | None

    @property
    def person_present(self) -> bool:
        """Whether somebody is in view."""
        return self.presence is not None and self.presence["present"]

    @property
    def playing_track(self) -> TrackJson | None:
        """The track that is playing, if the player reports it."""
        return None if self.playing is None else self.playing["track"]

    @property
    def listed_tracks(self) -> list[TrackJson]:
        """The current list of tracks; empty without one."""
        return [] if self.tracks is None else self.tracks["tracks"]

    def to_json(self) -> dict[str, Any]:
        """The document of `moodpi status --json`; the counts are fields of the document."""
        document = {field.name: getattr(self, field.name) for field in fields(self)}
        del document["counts"]
        return {**document, **self.counts.to_json()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> DaemonStatus:
        """The status in a document; other fields of it are ignored.

        Raises MoodpiError if a field is missing, as in the answer of another version.
        """
        try:
            values = {
                field.name: document[field.name] for field in fields(cls) if field.name != "counts"
            }
            return cls(counts=RunCounts.from_json(document), **values)
        except KeyError as error:
            raise MoodpiError(
                f"the status of the running moodpi has no field {error}: it is another version, "
                "restart it",
                code="version_mismatch",
            ) from error
