"""The members of a tar file, as a stream.

The standard library's tarfile reads extended headers and maps of sparse files into memory as a
whole, however large they are. Here only names are read from extended headers, and these are short.
"""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

BLOCK = tarfile.BLOCKSIZE
FILES = (tarfile.REGTYPE, tarfile.AREGTYPE)
MAX_EXTENDED_HEADER = 1 << 16
SKIPPED_BYTES = 1 << 20
# A record of an extended header: its length, `path=` and the name (POSIX.1-2008, pax).
PAX_PATH = re.compile(rb"\d+ path=([^\n]*)\n")


@dataclass(frozen=True)
class TarMember:
    """A regular file in a tar file.

    Attributes:
        name: Its name, which is not checked: never use it as a path.
        size: Its bytes.
        content: Its content, until the next member is taken.
    """

    name: str
    size: int
    content: io.BufferedReader


def is_tar(start: bytes) -> bool:
    """Whether a file that starts with these bytes is a tar file: the first header is valid."""
    try:
        _header(start[:BLOCK])
    except tarfile.TarError:
        return False
    return True


def tar_members(stream: IO[bytes]) -> Iterator[TarMember]:
    """The regular files in a tar file.

    Raises tarfile.TarError for a damaged header, EOFError for a file that is cut off.
    """
    long_name = ""
    while (block := stream.read(BLOCK)).strip(b"\0"):
        header = _header(block)
        content = _Content(stream, header.size)
        if header.type in FILES:
            yield TarMember(long_name or header.name, header.size, io.BufferedReader(content))
            long_name = ""
        elif header.type in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE):
            long_name = _long_name(header.type, content.read(MAX_EXTENDED_HEADER)) or long_name
        content.skip_rest()


def _header(block: bytes) -> tarfile.TarInfo:
    header = tarfile.TarInfo.frombuf(block, "utf-8", "replace")
    if header.size < 0:
        raise tarfile.ReadError("a header states a negative size")
    return header


def _long_name(kind: bytes, content: bytes) -> str:
    if kind == tarfile.XHDTYPE:
        match = PAX_PATH.search(content)
        content = match[1] if match else b""
    return content.rstrip(b"\0").decode("utf-8", "replace")


class _Content(io.RawIOBase):
    """The content of one member, `size` bytes of a stream, which padding follows."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._stream = stream
        self._left = size
        self._padding = -size % BLOCK

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self._stream.read(min(len(buffer), self._left))
        if self._left and not content:
            raise EOFError("it is cut off")
        self._left -= len(content)
        buffer[: len(content)] = content
        return len(content)

    def skip_rest(self) -> None:
        """Read up to the next header."""
        while self._left:
            skipped = len(self._stream.read(min(SKIPPED_BYTES, self._left)))
            if not skipped:
                raise EOFError("it is cut off")
            self._left -= skipped
        self._stream.read(self._padding)
