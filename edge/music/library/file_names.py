"""The title and the artist of a song without tags, from the names of its file and folders."""

from __future__ import annotations

import re
from pathlib import Path

from edge.music.library.song import Song
from moodpi.text import MAX_NAME_LENGTH, clean_text

# The number of the track on its album: `02 - `, `02. `, `1-02 `.
_TRACK_NUMBER = re.compile(r"\A(?:\d-)?\d{1,3}(?:\s*[-.)]\s*|\s+)(?=\S)")
_SEPARATOR = re.compile(" [-\u2013\u2014] ")


def song_of_file_name(path: Path, revision: str) -> Song | None:
    """The song that `Artist - Title` or `Artist/Album/Title` names; None without a title.

    Only the catalogue can tell which folder is the artist's: both are artists of the song.
    """
    name = path.stem if " " in path.stem else path.stem.replace("_", " ")
    name = " ".join(_TRACK_NUMBER.sub("", name, count=1).split())
    *artists, title = _SEPARATOR.split(name)
    folders = [path.parent.parent.name, path.parent.name]
    title = clean_text(title, MAX_NAME_LENGTH)
    if not title:
        return None
    names = [clean_text(text, MAX_NAME_LENGTH) for text in (*artists[:1], *folders)]
    credited = tuple(text for text in names if text)
    return Song(str(path), title, credited, revision, is_tagged=False) if credited else None
