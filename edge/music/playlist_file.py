"""Playlists as files: extended M3U in UTF-8, and XSPF (xspf.org, version 1).

A location is a path, a path relative to a music server's folder, or a URL. Both formats have one
location a line or element, so every character that would end it is percent-encoded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

from edge.music.library.song import SUBSONIC_PREFIX
from edge.music.recommendation import RecommendedTrack
from moodpi.errors import UsageError
from moodpi.files import write_atomic
from moodpi.text import MAX_NAME_LENGTH, clean_text, has_controls, quoted

XSPF_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<playlist version="1" xmlns="http://xspf.org/ns/0/">\n  <trackList>\n'
)
XSPF_TAIL = "  </trackList>\n</playlist>\n"
# https://…, spotify:track:…; a file's name can contain a colon as well.
_URL = re.compile(r"[a-z][a-z0-9+.-]*:(?://|[a-z]+:)")
# The characters that no XML document may contain, apart from control characters.
_NO_XML = re.compile("[\ufffe\uffff]")
# M3U's duration of an entry whose duration is not known.
UNKNOWN_DURATION = -1


@dataclass(frozen=True)
class PlaylistEntry:
    """One song of a playlist.

    Attributes:
        duration: In seconds; None if it is not known.
        location: A path or a URL. File names that are not UTF-8 contain lone surrogates.
        is_link: Whether the location is the song's page on the web, for want of a song to play.
    """

    title: str
    artist: str
    duration: int | None
    location: str
    is_link: bool


def playlist_entries(
    tracks: Sequence[RecommendedTrack], uris: Mapping[str, str]
) -> list[PlaylistEntry]:
    """The tracks as entries. uris: a player's names of the songs that it has, by track id."""
    entries = []
    for item in tracks:
        track = item.track
        uri = uris.get(track.id)
        if uri and uri.startswith(SUBSONIC_PREFIX):
            uri = None
        entries.append(
            PlaylistEntry(
                title=clean_text(track.title, MAX_NAME_LENGTH),
                artist=clean_text(track.artist, MAX_NAME_LENGTH),
                duration=track.duration,
                location=uri or item.url,
                is_link=uri is None,
            )
        )
    return entries


def m3u8(entries: Sequence[PlaylistEntry]) -> bytes:
    """The entries as extended M3U in UTF-8."""
    lines = ["#EXTM3U"]
    for entry in entries:
        duration = UNKNOWN_DURATION if entry.duration is None else entry.duration
        lines += [f"#EXTINF:{duration},{entry.artist} - {entry.title}", _line(entry.location)]
    return "".join(f"{line}\n" for line in lines).encode()


def xspf(entries: Sequence[PlaylistEntry]) -> bytes:
    """The entries as XSPF, whose locations are URIs and whose durations are milliseconds."""
    parts = [XSPF_HEAD]
    for entry in entries:
        elements = {
            "location": _uri(entry.location),
            "title": entry.title,
            "creator": entry.artist,
            "duration": "" if entry.duration is None else str(1000 * entry.duration),
        }
        written = (
            f"<{name}>{escape(_NO_XML.sub(' ', text))}</{name}>"
            for name, text in elements.items()
            if text
        )
        parts.append(f"    <track>{''.join(written)}</track>\n")
    return "".join([*parts, XSPF_TAIL]).encode()


# MPD's stored playlists are named .m3u.
FORMATS: Mapping[str, Callable[[Sequence[PlaylistEntry]], bytes]] = {
    ".m3u8": m3u8,
    ".m3u": m3u8,
    ".xspf": xspf,
}


def check_playlist_path(path: Path) -> Path:
    """Return a path whose suffix is a key of FORMATS. Raises UsageError for any other."""
    if path.suffix.lower() not in FORMATS:
        raise UsageError(
            f"playlist {quoted(str(path))}: expected a name with {' or '.join(FORMATS)} at its end",
            code="unknown_playlist_format",
        )
    return path


def write_playlist(path: Path, entries: Sequence[PlaylistEntry]) -> None:
    """Write the file atomically, in the format of its suffix.

    Raises UsageError for an unknown suffix, MoodpiError if it cannot be written.
    """
    write_atomic({path: FORMATS[check_playlist_path(path).suffix.lower()](entries)})


def _line(location: str) -> str:
    """The location as a line of M3U: as it is, if players read it so, or as a URI."""
    is_plain = location.isprintable() and not location.startswith("#")
    return location if is_plain and location == location.strip() else _uri(location)


def _uri(location: str) -> str:
    """The location as a URI. A path is encoded byte for byte."""
    if location.startswith("/"):
        return "file://" + quote(location, errors="surrogateescape")
    if _URL.match(location) and not has_controls(location):
        return location
    return quote(location, errors="surrogateescape")
