"""A word on a track or an artist, noted for whoever says it from elsewhere."""

from __future__ import annotations

from pathlib import Path

from catalog.store import Catalog
from edge.listener.store import ListenerStore, Verdict
from edge.listener.words import artists_meant, tracks_meant, words_on_artists, words_on_tracks
from moodpi.errors import UsageError, did_you_mean


def judge(
    verdict: str, track: str | None, artist: str | None, catalog: Catalog, listener: Path
) -> list[dict[str, str]]:
    """Note it as `moodpi like --json` does; `track` counts where no `artist` is named.

    Raises UsageError for an unknown verdict and for what the catalogue does not have, MoodpiError
    where it cannot be noted.
    """
    if verdict not in list(Verdict):
        raise UsageError(f"verdict: {did_you_mean(verdict, [*Verdict])}")
    said = Verdict(verdict)
    if artist is not None:
        words = words_on_artists(artists_meant(artist, (), catalog), said)
    else:
        words = words_on_tracks(tracks_meant(track or "", (), catalog), said, catalog)
    with ListenerStore.open(listener) as store:
        store.judge(words)
    return [word.to_json() for word in words]
