"""Reads title and artists from the tags of audio files."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import mutagen

from edge.music.library.song import MAX_TAG_VALUES, Song, song_of_tags

log = logging.getLogger(__name__)

# The suffixes of files that mpv plays and whose tags mutagen reads.
AUDIO_SUFFIXES = frozenset(
    f".{suffix}"
    for suffix in (
        *("aac", "aif", "aiff", "ape", "flac", "m4a", "m4b", "mp3", "mp4", "mpc"),
        *("oga", "ogg", "opus", "tta", "wav", "wma", "wv"),
    )
)
# The names of the tags in Vorbis comments and mutagen's easy mappings, ID3, ASF and APEv2.
TITLE_TAGS = ("title", "TIT2", "Title")
ARTIST_TAGS = ("artist", "TPE1", "Author", "Artist")
ALBUM_ARTIST_TAGS = ("albumartist", "TPE2", "WM/AlbumArtist", "Album Artist")


def read_tags(path: Path, revision: str) -> Song | None:
    """The song in a file, or None if the file has no title, no artist or is not an audio file."""
    try:
        file = mutagen.File(path, easy=True)
        if file is None or not file.tags:
            return None
        titles = _values(file.tags, TITLE_TAGS)
        artists = _values(file.tags, ARTIST_TAGS) or _values(file.tags, ALBUM_ARTIST_TAGS)
    # A damaged file can raise anything in mutagen's parsers.
    except Exception as error:  # noqa: BLE001
        log.debug("%s: %s", path, error)
        return None
    return song_of_tags(str(path), titles, artists, revision)


def _values(tags: Any, names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        # Vorbis comments raise ValueError for a name that is not a valid key.
        try:
            found = tags.get(name)
        except (ValueError, KeyError):
            continue
        if found:
            listed = found if isinstance(found, list) else getattr(found, "text", [found])
            # ID3v2.3 and APEv2 separate values by a null character.
            texts = (t for value in listed for t in str(value).split("\0", MAX_TAG_VALUES))
            return tuple(text for text in texts if text.strip())
    return ()
