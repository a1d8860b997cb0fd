"""What `moodpi recommend` and `moodpi playlist` share: selecting tracks, and playlist files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.output import print_lines

if TYPE_CHECKING:
    from catalog.store import Catalog
    from edge.config.load import Config
    from edge.mood.affect import Affect
    from edge.music.playlist_file import PlaylistEntry
    from edge.music.profile import History
    from edge.music.recommendation import Recommendation


def select_tracks(
    config: Config,
    affect: Affect,
    seed: int | None,
    playable: Callable[[Catalog], Sequence[int] | None],
    artist_gaps: Sequence[int | None],
    *,
    remember: bool,
) -> Recommendation:
    """Select the next tracks.

    playable, artist_gaps: see TrackSelector.
    remember: Whether to avoid the played tracks and to record the new ones.
    """
    from catalog.reloading import catalog_with_own_songs
    from edge.music.profile import FileHistory, NoHistory, read_taste
    from edge.music.profile.store import profile_file
    from edge.music.selector import TrackSelector

    with ExitStack() as stack:
        catalog = stack.enter_context(catalog_with_own_songs(config.catalog_file()))
        if remember:
            history: History = stack.enter_context(FileHistory(profile_file()))
        else:
            history = NoHistory(read_taste(profile_file()))
        selector = TrackSelector(catalog, history, config.recommend, seed, playable, artist_gaps)
        return selector.select_heard(affect)


class PlaylistOutput:
    """A playlist of the tracks that the configured player has.

    Args:
        path: The file to write; None for standard output.
        config: The configuration.

    Raises UsageError for an unknown suffix, MoodpiError if the player does not answer.

    Attributes:
        playable: Returns the rowids of the tracks that the player has (see TrackSelector).
    """

    def __init__(self, path: Path | None, config: Config) -> None:
        from edge.music.playlist_file import check_playlist_path
        from edge.players.player_tracks import player_with_songs

        self._path = None if path is None else check_playlist_path(path)
        self._player = player_with_songs(config)
        self.playable = self._player.playable

    def write(self, recommendation: Recommendation) -> None:
        """Write the file or print it, and state on standard error what it holds."""
        from edge.music.playlist_file import m3u8, playlist_entries, write_playlist

        entries = playlist_entries(recommendation.tracks, self._player.uris)
        if self._path is None:
            print_lines(*m3u8(entries).decode().splitlines())
        else:
            write_playlist(self._path, entries)
        print_lines(f"{self._path or 'playlist'}: {describe_entries(entries)}", out=sys.stderr)


def describe_entries(entries: Sequence[PlaylistEntry]) -> str:
    """The number of tracks, their duration, and how many of them are only links."""
    seconds = sum(entry.duration or 0 for entry in entries)
    links = sum(entry.is_link for entry in entries)
    unknown = sum(entry.duration is None for entry in entries)
    tracks = "1 track" if len(entries) == 1 else f"{len(entries)} tracks"
    parts = [f"{tracks}, {seconds // 3600} h {seconds % 3600 // 60} min"]
    if unknown:
        parts.append(f"without the {unknown} of unknown duration")
    if links:
        parts.append(f"{links} without a file, as links to Spotify")
    return ", ".join(parts)
