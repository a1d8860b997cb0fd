"""Title and artists out of an audio file's tags."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import mutagen

from edge.music.library.song import Song

log = logging.getLogger(__name__)

# What mutagen reads the tags of and mpv plays.
AUDIO = frozenset(
    f".{suffix}"
    for suffix in (
        *("aac", "aif", "aiff", "ape", "flac", "m4a", "m4b", "mp3", "mp4", "mpc"),
        *("oga", "ogg", "opus", "tta", "wav", "wma", "wv"),
    )
)
# The tags' names in Vorbis comments and mutagen's easy mappings, ID3, ASF and APEv2.
TITLES = ("title", "TIT2", "Title")
ARTISTS = ("artist", "TPE1", "Author", "Artist")
ALBUM_ARTISTS = ("albumartist", "TPE2", "WM/AlbumArtist", "Album Artist")


def read_tags(path: Path, stamp: str) -> Song | None:
    """The song, or None where the file has no title or no artist, or is no audio file at all."""
    try:
        file = mutagen.File(path, easy=True)
    except (mutagen.MutagenError, ValueError, KeyError, IndexError) as error:
        log.debug("%s: %s", path, error)
        return None
    if file is None or not file.tags:
        return None
    titles = _values(file.tags, TITLES)
    artists = _values(file.tags, ARTISTS) or _values(file.tags, ALBUM_ARTISTS)
    if not titles or not artists:
        return None
    return Song(str(path), titles[0], artists, stamp)


def _values(tags: Any, names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        # Vorbis comments refuse to be asked for what is no key of theirs.
        try:
            found = tags.get(name)
        except (ValueError, KeyError):
            continue
        if found:
            listed = found if isinstance(found, list) else getattr(found, "text", [found])
            return tuple(text for value in listed if (text := str(value).strip()))
    return ()
