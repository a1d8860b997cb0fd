"""Folders of tagged audio files of the catalogue's tracks, in many spellings."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

import pytest

from catalog.store import Catalog, Track

# In seconds. Longer than a test takes, so that no file ends by itself.
DURATION = 40
ENCODERS = {
    "flac": "flac",
    "ogg": "libvorbis",
    "mp3": "libmp3lame",
    "m4a": "aac",
    "opus": "libopus",
}


def make_silent_files(folder: Path) -> dict[str, Path]:
    """A silent file of each format, by format. Skips the test without ffmpeg."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed, it creates the silent files")
    files = {}
    for kind, encoder in ENCODERS.items():
        files[kind] = folder / f"silence.{kind}"
        source = f"anullsrc=r=8000:cl=mono:d={DURATION}"
        subprocess.run(
            [
                *("ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", source),
                *("-c:a", encoder, "-b:a", "8k", str(files[kind])),
            ],
            check=True,
        )
    return files


def write_tags(path: Path, title: str, artists: Iterable[str], album: str = "") -> None:
    """Write the tags, in the format of a tag editor."""
    mutagen = pytest.importorskip("mutagen")
    file = mutagen.File(path, easy=True)
    file["title"] = title
    file["artist"] = list(artists)
    if album:
        file["album"] = album
    file.save()


# Spellings of title and artists in the tags of real files.
SPELLINGS: dict[str, Callable[[str, list[str]], tuple[str, list[str]]]] = {
    "as it is": lambda title, artists: (title, artists),
    "capitals": lambda title, artists: (title.upper(), [name.upper() for name in artists]),
    "no accents": lambda title, artists: (_plain(title), [_plain(name) for name in artists]),
    "curly apostrophe": lambda title, artists: (title.replace("'", "\u2019"), artists),
    "remastered": lambda title, artists: (f"{title} (2011 Remaster)", artists),
    "guest": lambda title, artists: (f"{title} (feat. Somebody Else)", artists),
    "explicit": lambda title, artists: (f"{title} [Explicit]", artists),
    "album version": lambda title, artists: (f"{title} - Album Version", artists),
    "one artist": lambda title, artists: (title, artists[:1]),
    "semicolon": lambda title, artists: (title, ["; ".join(artists)]),
    "featuring": lambda title, artists: (title, [" feat. ".join(artists)]),
    "article last": lambda title, artists: (title, [_inverted(name) for name in artists]),
}


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def _inverted(name: str) -> str:
    return f"{name[4:]}, The" if name.startswith("The ") else name


def sample_tracks(count: int, seed: int) -> list[Track]:
    """Random tracks of the default catalogue."""
    with Catalog.open() as catalog:
        return catalog.tracks(Random(seed).sample(range(1, len(catalog) + 1), count))


def write_music(
    folder: Path, files: dict[str, Path], tracks: list[Track], unknown: int = 0
) -> None:
    """Write a file for each track, in all formats and spellings, and some unknown songs."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds, spellings = list(files), list(SPELLINGS.values())
    for number, track in enumerate(tracks):
        kind = kinds[number % len(kinds)]
        path = folder / f"{number % 20:02}" / f"{number:04}.{kind}"
        path.parent.mkdir(exist_ok=True)
        shutil.copy(files[kind], path)
        write_tags(path, *spellings[number % len(spellings)](track.title, track.artist.split(", ")))
    for number in range(unknown):
        path = folder / f"unknown {number}.flac"
        shutil.copy(files["flac"], path)
        write_tags(path, f"Kitchen demo {number}", ["Nobody You Would Know"])
