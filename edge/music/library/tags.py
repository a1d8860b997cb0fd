"""Reads title and artists from the tags of audio files."""

from __future__ import annotations

import io
import logging
import zlib
from importlib import import_module
from pathlib import Path
from typing import Any

import mutagen
from mutagen.id3 import ID3JunkFrameError

from edge.music.library.file_names import song_of_file_name
from edge.music.library.song import MAX_TAG_VALUES, Song, song_of_tags

log = logging.getLogger(__name__)

# The names of the tags in Vorbis comments and mutagen's easy mappings, ID3, ASF and APEv2.
TITLE_TAGS = ("title", "TIT2", "Title")
ARTIST_TAGS = ("artist", "TPE1", "Author", "Artist")
ALBUM_ARTIST_TAGS = ("albumartist", "TPE2", "WM/AlbumArtist", "Album Artist")
# The most bytes that are read of a file. Covers have some MB; a FLAC picture has 16 MB at most.
MAX_TAG_BYTES = 32 * 2**20


class _BoundedFile(io.BufferedReader):
    """A file of which at most MAX_TAG_BYTES are read: mutagen reads tags of any length at once."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(path))
        self._remaining = MAX_TAG_BYTES

    def read(self, size: int | None = -1) -> bytes:
        limit = self._remaining + 1
        content = super().read(limit if size is None or size < 0 else min(size, limit))
        self._remaining -= len(content)
        if self._remaining < 0:
            raise mutagen.MutagenError(f"tags of more than {MAX_TAG_BYTES >> 20} MB")
        return content


class _NoDecompression:
    """Stands in for zlib in mutagen, so that it ignores compressed frames of ID3.

    A kilobyte of them can become a megabyte. Programs that write tags do not compress texts.
    """

    error = zlib.error

    @staticmethod
    def decompress(_data: bytes) -> bytes:
        raise ID3JunkFrameError("a compressed frame")


# mutagen has no setting for it.
id3_frames: Any = import_module("mutagen.id3._frames")
id3_frames.zlib = _NoDecompression


def read_tags(path: Path, revision: str) -> Song | None:
    """The song in a file, by its tags or else by its name; None if it is not an audio file."""
    try:
        with _BoundedFile(path) as content:
            file = mutagen.File(content, easy=True)
        if file is None:
            return None
        tags = file.tags or {}
        titles = _values(tags, TITLE_TAGS)
        artists = _values(tags, ARTIST_TAGS) or _values(tags, ALBUM_ARTIST_TAGS)
    # A damaged file can raise anything in mutagen's parsers.
    except Exception as error:  # noqa: BLE001
        log.debug("%s: %s", path, error)
        return None
    return song_of_tags(str(path), titles, artists, revision) or song_of_file_name(path, revision)


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
