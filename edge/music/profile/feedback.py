"""A like, skip or ban from its words on a command line to the listener's file."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.artists import credited
from catalog.store import Catalog, Track
from edge.music.profile.store import Feedback, ListenerStore, Verdict
from edge.music.profile.words import (
    artists_meant,
    artists_still_banned,
    tracks_meant,
    without_banned,
    words_on_artists,
    words_on_tracks,
)


@dataclass(frozen=True)
class FeedbackResult:
    """What was noted, and what is to be said of the bans that stay."""

    words: Sequence[Feedback]
    remarks: Sequence[str]

    def to_json(self) -> dict[str, object]:
        """As the daemon answers it."""
        return {"noted": [word.to_json() for word in self.words], "remarks": [*self.remarks]}

    def means(self, track: Track) -> bool:
        """Whether the track or an artist of its credit is among what was noted."""
        keys = {(word.subject, word.key) for word in self.words}
        return ("track", track.id) in keys or any(
            ("artist", name) in keys for name in credited(track.artist)
        )


def judge(
    store: ListenerStore, catalog: Catalog, verdict: Verdict, reference: str | None, *, artist: bool
) -> FeedbackResult:
    """Note the verdict on the tracks that a reference means (words.tracks_meant), or their artists.

    Raises UsageError where it means nothing that the catalogue has, MoodpiError where the file
    cannot be written.
    """
    last = store.last_list()
    if artist:
        words = words_on_artists(artists_meant(reference, last, catalog), verdict)
    else:
        words = words_on_tracks(tracks_meant(reference, last, catalog), verdict, catalog)
    remarks: list[str] = []
    if verdict is Verdict.LIKE:
        words, remarks = _beside_bans(words, store, whole_list=reference is None)
    store.judge(words)
    return FeedbackResult(words, remarks)


def _beside_bans(
    words: list[Feedback], store: ListenerStore, *, whole_list: bool
) -> tuple[list[Feedback], list[str]]:
    """The likes to note, and what to say of the bans that stay."""
    before = store.feedback()
    left: list[str] = []
    if whole_list:
        words, left = without_banned(words, before)
    remarks = [f"still banned: {label} (to take it back, like it by its id)" for label in left]
    remarks += [
        f"still banned: every track of {artist} "
        f"(to take it back: moodpi like --artist {shlex.quote(artist)})"
        for artist in artists_still_banned(words, before)
    ]
    return words, remarks
