"""The player's songs that no catalogue knows, with the places that their sound suggests.

`moodpi library analyze` writes the file, in the state folder. The daemon reads it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from moodpi.files import read_json_state
from moodpi.paths import state_folder
from moodpi.private_files import write_private
from moodpi.text import MAX_NAME_LENGTH, MAX_SETTING_LENGTH, checked_text, quoted

FILE = "own_songs.json"
# A file of another format is ignored and replaced.
FORMAT = 1
# 100,000 songs have about 25 MB.
MAX_FILE_BYTES = 50_000_000
# The length of a track's id, Spotify's and our own.
ID_LENGTH = 22
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def own_songs_file() -> Path:
    """The file of the analyzed songs, in the state folder."""
    return state_folder() / FILE


@dataclass(frozen=True, slots=True)
class OwnSong:
    """A song with an estimated place.

    Attributes:
        uri: The player's name for it.
        artist: Empty if it is not known.
        valence, arousal: In the unit of the catalogue's, -1..1.
    """

    uri: str
    title: str
    artist: str
    valence: float
    arousal: float

    @property
    def id(self) -> str:
        """An id like a catalogue's, which depends on the URI alone."""
        digest = hashlib.sha256(self.uri.encode(errors="surrogateescape")).digest()
        number = int.from_bytes(digest)
        digits = []
        for _ in range(ID_LENGTH):
            number, digit = divmod(number, len(_DIGITS))
            digits.append(_DIGITS[digit])
        return "".join(digits)


@dataclass(frozen=True)
class Progress:
    """How far the analysis is, in songs.

    Attributes:
        songs: All songs of the player.
        known: Those that the catalogue knows.
        analyzed: The others that have an estimated place.
        skipped: The others that have none, because they are damaged, silent, too short or too long.
        pause_reason: Why the analysis pauses, as a message. Empty while it runs or is complete.
        finished: Whether no song is left.
    """

    songs: int = 0
    known: int = 0
    analyzed: int = 0
    skipped: int = 0
    pause_reason: str = ""
    finished: bool = False

    def __str__(self) -> str:
        done = self.known + self.analyzed + self.skipped
        text = (
            f"{done:,} of {self.songs:,} songs: {self.known:,} in the catalogue, "
            f"{self.analyzed:,} analyzed, {self.skipped:,} skipped"
        )
        return f"{text} ({self.pause_reason})" if self.pause_reason else text


@dataclass(frozen=True)
class OwnSongs:
    """The analyzed songs.

    spread: The standard deviations of the errors of valence and arousal.
    """

    songs: Sequence[OwnSong] = ()
    spread: tuple[float, float] = (0.0, 0.0)
    progress: Progress = Progress()

    def write(self, path: Path) -> None:
        """Write the file. Raises MoodpiError."""
        document = {
            "format": FORMAT,
            "progress": asdict(self.progress),
            "spread": self.spread,
            "songs": [[s.uri, s.title, s.artist, s.valence, s.arousal] for s in self.songs],
        }
        # With escapes, because a file name can have bytes that are no text in any encoding.
        write_private({path: json.dumps(document).encode()})


def read_own_songs(path: Path) -> OwnSongs:
    """The songs in a file; none without one. A damaged file is quarantined and logged."""
    return read_json_state(path, MAX_FILE_BYTES, _parse) or OwnSongs()


def _parse(saved: Any) -> OwnSongs:
    if saved["format"] != FORMAT:
        return OwnSongs()
    valence, arousal = map(_checked_number, saved["spread"])
    songs = tuple(_parse_song(*song) for song in saved["songs"])
    return OwnSongs(songs, (valence, arousal), _parse_progress(**saved["progress"]))


def _parse_song(uri: object, title: object, artist: object, *place: object) -> OwnSong:
    if not isinstance(uri, str) or len(uri) > 3 * MAX_SETTING_LENGTH:
        raise ValueError(f"{quoted(uri)}: expected a URI")
    valence, arousal = map(_checked_number, place)
    names = (checked_text(title, MAX_NAME_LENGTH), checked_text(artist, MAX_NAME_LENGTH))
    return OwnSong(uri, *names, valence, arousal)


def _parse_progress(*, pause_reason: object, finished: object, **counts: object) -> Progress:
    numbers = {name: int(str(count)) for name, count in counts.items()}
    return Progress(
        **numbers,
        pause_reason=checked_text(pause_reason, MAX_NAME_LENGTH),
        finished=finished is True,
    )


def _checked_number(value: object) -> float:
    if not isinstance(value, int | float) or not abs(value) <= 10:
        raise ValueError(f"{quoted(value)}: expected a number from -10 to 10")
    return float(value)
