"""The songs of MPD's database, and of Mopidy's local files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from edge.music.library import Song
from edge.music.library.file_names import song_of_file_name
from edge.music.library.song import song_of_tags
from edge.players.mpd_connection import BoundedClient
from edge.players.music_server import ListingBudget
from moodpi.text import MAX_NAME_LENGTH, clean_text

# The longest time for a folder of Mopidy, in seconds.
FOLDER_TIMEOUT = 120.0
# Mopidy's folders of local files, and where their songs are. Others stream from the internet.
MOPIDY_FOLDERS = {"Local media": "Local media/Tracks", "Files": "Files"}

Entry = dict[str, Any]


def mpd_songs(client: BoundedClient) -> Iterator[Song]:
    """The songs of MPD's database, in answers of bounded length.

    `lsinfo` has no window: a large folder would be one answer.
    """
    # Every path contains the empty text.
    for song, entry in _songs(client.entries_in_windows("search", "file", "", "window")):
        yield song or _untagged_song(one_value(entry, "file"), _revision(entry))


def mopidy_songs(client: BoundedClient, budget: ListingBudget) -> Iterator[Song]:
    """The songs of Mopidy's local files. Mopidy has no window, and no limit of an answer."""
    return (song for song, _ in _songs(_mopidy_entries(client, budget)) if song)


def _mopidy_entries(client: BoundedClient, budget: ListingBudget) -> Iterator[Entry]:
    roots = [entry.get("directory") for entry in _folder(client, "")]
    folders = [folder for name, folder in MOPIDY_FOLDERS.items() if name in roots][:1]
    while folders:
        for entry in _folder(client, folders.pop()):
            if "directory" in entry:
                budget.spend(entry["directory"])
                folders.append(entry["directory"])
            yield entry


def _folder(client: BoundedClient, folder: str) -> Iterator[Entry]:
    return client.entries(FOLDER_TIMEOUT, "lsinfo", folder)


def _songs(entries: Iterator[Entry]) -> Iterator[tuple[Song | None, Entry]]:
    """The songs among the entries, None for one without a title or an artist."""
    for entry in entries:
        if "file" not in entry:
            continue
        artists = _values(entry, "artist") or _values(entry, "albumartist")
        uri, titles = one_value(entry, "file"), _values(entry, "title")
        yield song_of_tags(uri, titles, artists, _revision(entry)), entry


def _untagged_song(uri: str, revision: str) -> Song:
    """The song that the names of a file and its folders tell; without artists in no folder."""
    title = clean_text(Path(uri).stem, MAX_NAME_LENGTH)
    return song_of_file_name(Path(uri), revision) or Song(uri, title, (), revision, is_tagged=False)


def _revision(entry: Entry) -> str:
    return next(iter(_values(entry, "last-modified")), "")


def one_value(entry: Mapping[str, Any], key: str) -> str:
    """The value of a key that an entry has once. Raises LookupError and TypeError."""
    value = entry[key]
    if not isinstance(value, str):
        raise TypeError(f"more than one {key}")
    return value


def _values(entry: Mapping[str, Any], tag: str) -> tuple[str, ...]:
    """All values of a tag. A file can have a tag more than once."""
    value = entry.get(tag, ())
    return (value,) if isinstance(value, str) else tuple(value)
