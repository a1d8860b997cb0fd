"""The names that a server which plays Spotify has for the tracks of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from edge.players.music_server import SPOTIFY_PREFIX


class SpotifyUris(Mapping[str, str]):
    """The Spotify URI of every track id. It contains all ids, therefore it has no length."""

    def __getitem__(self, track_id: str) -> str:
        return SPOTIFY_PREFIX + track_id

    def __iter__(self) -> Iterator[str]:
        raise TypeError("SpotifyUris contains every id and cannot be iterated")

    def __len__(self) -> int:
        raise TypeError("SpotifyUris contains every id and has no length")
