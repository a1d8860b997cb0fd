"""Records likes, skips and bans in a profile."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.artists import credited_artists, main_artist_name
from catalog.names import artist_key
from catalog.store import Catalog, Track
from edge.music.profile.references import resolve_artists, resolve_tracks
from edge.music.profile.store import Feedback, ProfileStore, Verdict
from moodpi.errors import UsageError


@dataclass(frozen=True)
class FeedbackResult:
    """The recorded feedback, and messages about bans that still apply."""

    feedback: Sequence[Feedback]
    warnings: Sequence[str]

    def to_json(self) -> dict[str, object]:
        """The daemon's response to the command `feedback`."""
        return {
            "feedback": [item.to_json() for item in self.feedback],
            "warnings": [*self.warnings],
        }

    def covers(self, track: Track) -> bool:
        """Whether the feedback is on the track or on an artist of its credit."""
        keys = {(item.subject, item.key) for item in self.feedback}
        return ("track", track.id) in keys or any(
            ("artist", key) in keys for key in credited_artists(track.artist)
        )


def record_feedback(
    store: ProfileStore,
    catalog: Catalog,
    verdict: Verdict,
    *,
    track: str | None = None,
    artist: str | None = None,
    subject: str = "track",
) -> FeedbackResult:
    """Record a verdict on tracks or artists. Without a track and an artist, use the last list.

    Args:
        store: The profile.
        catalog: The catalogue to find the tracks in.
        verdict: Like, skip or ban.
        track: A reference to tracks, as in resolve_tracks.
        artist: A reference to artists instead, as in resolve_artists.
        subject: "track", or "artist" for the artists of the tracks.

    Raises:
        UsageError: The catalogue contains no such track or artist, or both are named.
        MoodpiError: The profile cannot be written.
    """
    if track is not None and artist is not None:
        raise UsageError("expected a track or an artist, not both", code="conflicting_arguments")
    last = store.last_list()
    if artist is not None or subject == "artist":
        names = resolve_artists(track if artist is None else artist, last, catalog)
        feedback = feedback_for_artists(names, verdict)
    else:
        feedback = feedback_for_tracks(resolve_tracks(track, last, catalog), verdict, catalog)
    warnings: list[str] = []
    if verdict is Verdict.LIKE:
        bans = store.feedback(Verdict.BAN)
        if track is None and artist is None:
            feedback, warnings = _without_banned(feedback, bans)
        warnings += _artist_warnings(feedback, bans)
    store.add_feedback(feedback)
    return FeedbackResult(feedback, warnings)


def feedback_for_tracks(
    tracks: Sequence[Track], verdict: Verdict, catalog: Catalog
) -> list[Feedback]:
    """The feedback on each track."""
    now = time.time()
    credits_by_id = catalog.credits({track.artist_id for track in tracks})
    return [
        Feedback(
            subject="track",
            key=track.id,
            label=f"{track.title} - {track.artist}",
            verdict=verdict,
            time=now,
            artist=artist_key(main_artist_name(credits_by_id[track.artist_id])),
            genre=track.genre,
            decade=track.decade,
            popularity=track.popularity,
            valence=track.valence,
            arousal=track.arousal,
        )
        for track in tracks
    ]


def feedback_for_artists(names: Sequence[str], verdict: Verdict) -> list[Feedback]:
    """The feedback on each artist. Spellings of one artist count once."""
    now = time.time()
    by_key = {artist_key(name): name for name in names}
    return [Feedback("artist", key, name, verdict, now, key) for key, name in by_key.items()]


def _without_banned(
    likes: Sequence[Feedback], bans: Sequence[Feedback]
) -> tuple[list[Feedback], list[str]]:
    """Likes of a whole list without the banned subjects, and a warning for each banned one.

    A like of a whole list does not lift the ban of a single track in it.
    """
    banned = {(item.subject, item.key) for item in bans}
    allowed = [item for item in likes if (item.subject, item.key) not in banned]
    warnings = [
        f"still banned: {item.label} (to lift the ban, like it by its id)"
        for item in likes
        if (item.subject, item.key) in banned
    ]
    return allowed, warnings


def _artist_warnings(likes: Sequence[Feedback], bans: Sequence[Feedback]) -> list[str]:
    """A warning for each banned artist of liked tracks: they are still not recommended."""
    artists = {item.artist for item in likes if item.subject == "track"}
    return [
        f"still banned: every track of {item.label} "
        f"(to lift the ban: moodpi like --artist {shlex.quote(item.label)})"
        for item in bans
        if item.subject == "artist" and item.key in artists
    ]
