"""Audio files with tags of any size."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

pytest.importorskip("mutagen", reason="needs moodpi[mpv]")

from edge.music.library.tags import MAX_TAG_BYTES, read_tags
from tests.edge.peak_memory import MAX_PEER_MEMORY, run_measured

READER = """
from pathlib import Path
from edge.music.library.tags import read_tags
for path in sorted(Path(FOLDER).iterdir()):
    print(path.name, read_tags(path, ""))
"""
MB = 2**20


def syncsafe(number: int) -> bytes:
    return bytes(number >> shift & 127 for shift in (21, 14, 7, 0))


def id3(size: int, frames: bytes) -> bytes:
    """An ID3v2.4 tag whose header states that size."""
    return b"ID3\x04\0\0" + syncsafe(size) + frames


def frame(name: bytes, content: bytes, *, compressed: bool = False) -> bytes:
    packed = struct.pack(">I", len(content)) + zlib.compress(content, 9) if compressed else content
    return name + syncsafe(len(packed)) + (b"\0\x09" if compressed else b"\0\0") + packed


def flac(*blocks: tuple[int, bytes]) -> bytes:
    """A FLAC file with a stream info and these metadata blocks: kind and content."""
    info = struct.pack(">HH", 4096, 4096) + bytes(6) + bytes.fromhex("0ac442f000000000") + bytes(16)
    content = b"fLaC" + b"\0" + len(info).to_bytes(3, "big") + info
    for number, (kind, block) in enumerate(blocks, start=1):
        last = 0x80 if number == len(blocks) else 0
        content += bytes([kind | last]) + len(block).to_bytes(3, "big") + block
    return content


def comments(*texts: str) -> bytes:
    """A Vorbis comment block."""
    fields = b"".join(struct.pack("<I", len(t.encode())) + t.encode() for t in texts)
    return struct.pack("<I", 0) + struct.pack("<I", len(texts)) + fields


NAMES = ("TITLE=Song", "ARTIST=Artist")
# A cover of the largest size that a FLAC block can have: kind, type, size, data.
PICTURE = (6, struct.pack(">IIIIIIII", 3, 0, 0, 1, 1, 24, 0, 16 * MB - 33) + bytes(16 * MB - 33))


def test_a_file_with_a_large_cover_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    path.write_bytes(flac(PICTURE, (4, comments(*NAMES))))
    song = read_tags(path, "1")
    assert song is not None
    assert (song.title, song.artists) == ("Song", ("Artist",))


def test_tags_do_not_fill_the_memory(tmp_path: Path) -> None:
    music = tmp_path / "music"
    music.mkdir()
    (music / "pictures.flac").write_bytes(flac(*[PICTURE] * 12, (4, comments(*NAMES))))
    (music / "comment.flac").write_bytes(flac((4, comments(*NAMES, "X=" + "x" * 15 * MB))))
    with (music / "sparse.mp3").open("wb") as file:
        file.write(id3(2**28 - 1, frame(b"TIT2", b"\x03Song") + frame(b"TPE1", b"\x03Artist")))
        file.truncate(300 * MB)
    bomb = frame(b"TXXX", b"\0x\0" + bytes(200 * MB), compressed=True)
    names = frame(b"TIT2", b"\x03Song") + frame(b"TPE1", b"\x03Artist")
    (music / "bomb.mp3").write_bytes(id3(len(names + bomb), names + bomb) + bytes(2000))
    output, peak = run_measured(f"FOLDER = {str(music)!r}\n{READER}", tmp_path)
    assert "pictures.flac None" in output
    assert "sparse.mp3 None" in output
    assert MAX_TAG_BYTES < 100 * MB
    # The daemon takes 60 MB more than this reader.
    assert peak < MAX_PEER_MEMORY - 60
