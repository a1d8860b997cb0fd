"""A catalogue with the player's own songs, which no table of tracks knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from catalog.artist_index import ArtistIndex
from catalog.attribute_filter import AttributeFilter
from catalog.names import artist_key, first_artist
from catalog.own_songs import OwnSongs
from catalog.plane import ExtendedPlane, Plane
from catalog.store import Catalog, Track

UNKNOWN_ARTIST = "unknown artist"
_ARTISTS = "SELECT name, lead FROM artist ORDER BY artist"


class ExtendedCatalog(Catalog):
    """A catalogue with own songs, closed with the catalogue.

    Their rowids follow those of the catalogue. They have no genre, year or popularity, and do not
    pass a filter on these.
    """

    def __init__(self, catalog: Catalog, own: OwnSongs) -> None:
        super().__init__(catalog.path, catalog._database)  # noqa: SLF001
        self.song_analysis = str(own.progress) if own.progress.songs else ""
        tracks = list(_own_tracks(catalog, own))
        self._own = {track.rowid: track for track in tracks}
        self._by_uri = dict(zip((song.uri for song in own.songs), tracks, strict=True))
        points = np.array([(track.valence, track.arousal) for track in tracks], float)
        self.plane: Plane = ExtendedPlane(self.plane, points)

    def own_tracks(self) -> Mapping[str, Track]:
        return self._by_uri

    def tracks(self, rowids: Iterable[int]) -> list[Track]:
        requested = list(rowids)
        own = sorted(rowid for rowid in requested if rowid in self._own)
        known = [rowid for rowid in requested if rowid not in self._own]
        return [*super().tracks(known), *(self._own[rowid] for rowid in own)]

    def find(self, track_ids: Iterable[str]) -> dict[str, Track]:
        requested = set(track_ids)
        own = {track.id: track for track in self._own.values() if track.id in requested}
        return {**super().find(requested), **own}

    def filter_cells(
        self, cells: list[Sequence[int]], attributes: AttributeFilter
    ) -> list[Sequence[int]]:
        known = [[rowid for rowid in cell if rowid not in self._own] for cell in cells]
        passing = super().filter_cells([cell for cell in known if cell], attributes)
        if attributes.requires_known:
            return passing
        own = [[rowid for rowid in cell if rowid in self._own] for cell in cells]
        return [*passing, *(cell for cell in own if cell)]

    def credits(self, artist_ids: Iterable[int]) -> dict[int, list[str]]:
        requested = set(artist_ids)
        found = super().credits(requested)
        for track in self._own.values():
            if track.artist_id in requested:
                found.setdefault(track.artist_id, [track.artist])
        return found

    @cached_property
    def artists(self) -> ArtistIndex:
        credited = [str(name) for name, _ in self.query(_ARTISTS)]
        return ArtistIndex([*credited, *(track.artist for track in self._own.values())])


def _own_tracks(catalog: Catalog, own: OwnSongs) -> Iterator[Track]:
    """The tracks of own songs. Artists of the catalogue keep their numbers, others have negative.

    A song without an artist has a number of its own: a list has one track of an artist.
    """
    known = catalog.query(_ARTISTS) if own.songs else []
    numbers = {artist_key(first_artist(str(name))): int(lead) for name, lead in reversed(known)}
    first = len(catalog) + 1
    for rowid, song in enumerate(own.songs, start=first):
        key = artist_key(first_artist(song.artist)) if song.artist else ""
        yield Track(
            rowid=rowid,
            id=song.id,
            title=song.title,
            artist=song.artist or UNKNOWN_ARTIST,
            album=None,
            valence=song.valence,
            arousal=song.arousal,
            artist_id=numbers.setdefault(key, -rowid) if key else -rowid,
            year=None,
            genre=None,
            popularity=None,
            explicit=None,
            duration=None,
            spread=own.spread,
        )
