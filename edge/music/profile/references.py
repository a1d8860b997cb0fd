"""Resolves the tracks and artists that a listener refers to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalog.artists import main_artist_name
from catalog.store import Catalog, Track
from moodpi.errors import UsageError
from moodpi.text import quoted

_TRACK_ID = re.compile(
    r"(?:spotify:track:|https?://open\.spotify\.com/(?:[\w-]+/)?track/)?([0-9A-Za-z]{22})(?:[?#].*)?"
)


def resolve_tracks(reference: str | None, last: Sequence[str], catalog: Catalog) -> list[Track]:
    """The tracks that a reference names.

    Args:
        reference: A Spotify id, URI or link, a number from 1 in the last list, or None for the
            whole last list.
        last: The ids of the last list.
        catalog: The catalogue to find the tracks in.

    Raises:
        UsageError: The reference is not valid, or the catalogue does not contain the tracks.
    """
    if reference is None:
        if not last:
            raise UsageError(
                "no track was played yet: name a track by its id or link "
                "(`moodpi run` and `moodpi recommend --remember` record a history)",
                code="no_history",
            )
        found = catalog.find(last)
        tracks = [found[track_id] for track_id in last if track_id in found]
        return _require(tracks, "the last list")
    if _is_number(reference, last):
        reference = last[int(reference) - 1]
    matched = _TRACK_ID.fullmatch(reference)
    if matched is None:
        number = f", or a number from 1 to {len(last)} of the last list" if last else ""
        raise UsageError(
            f"{quoted(reference)} is not a track: expected an id of 22 letters and digits or an "
            f"open.spotify.com link{number}",
            code="not_a_track",
        )
    return _require([*catalog.find([matched[1]]).values()], quoted(reference))


def resolve_artists(reference: str | None, last: Sequence[str], catalog: Catalog) -> list[str]:
    """The names of the artists that a reference names.

    A reference is an artist's name, or a reference to tracks (see resolve_tracks), which stands for
    their main artists. Raises UsageError if the catalogue does not contain the artist.
    """
    if reference is None or _is_number(reference, last) or _TRACK_ID.fullmatch(reference):
        tracks = resolve_tracks(reference, last, catalog)
        credits_by_id = catalog.credits({track.artist_id for track in tracks})
        return [main_artist_name(credits_by_id[track.artist_id]) for track in tracks]
    if reference in catalog.artists:
        return [reference]
    similar = catalog.artists.most_similar(reference)
    hint = f"did you mean {quoted(similar)}?" if similar else "expected a name as in a list"
    raise UsageError(
        f"no artist {quoted(reference)} in the catalogue {catalog.path}: {hint}",
        code="unknown_artist",
    )


def _is_number(reference: str, last: Sequence[str]) -> bool:
    """Whether the reference is a number in the last list."""
    is_short = len(reference) <= len(str(len(last)))
    return is_short and reference.isdecimal() and 1 <= int(reference) <= len(last)


def _require(tracks: list[Track], reference: str) -> list[Track]:
    if not tracks:
        raise UsageError(
            f"the catalogue does not contain {reference}: expected an id or link as `moodpi "
            "recommend` prints them, or --catalog with the catalogue that contains it",
            code="unknown_track",
        )
    return tracks
