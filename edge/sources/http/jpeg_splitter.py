"""Cuts the JPEGs out of the bytes of a stream.

The bytes between two JPEGs are the headers of a part: boundary, type and length. Cameras write all
three in ways of their own, often wrongly, so they are not read. A JPEG states its own extent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# The start of the image, and of the first segment after it (ITU-T T.81, B.1.1).
START = b"\xff\xd8\xff"
END_OF_IMAGE, START_OF_SCAN = 0xD9, 0xDA
# Restart markers, the start and the end of an image. None of them comes before the first scan.
WITHOUT_LENGTH = range(0xD0, 0xDA)
# A segment starts with FF, any number of times, a code and its length.
SEGMENT = re.compile(rb"\xff+([^\x00\xff])([\x00-\xff]{2})")
# The beginning of a segment, as far as it was received.
BEGUN_SEGMENT = re.compile(rb"(?:\xff+(?:[^\x00\xff][\x00-\xff]?)?)?")
# In a scan, FF 00 stands for FF: these bytes are a marker. The tables between the scans of a
# progressive JPEG do not contain them.
START_OR_END = re.compile(rb"\xff[\xd8\xd9]")
MAX_SEGMENTS = 200
# The largest JPEG. A picture of 4096 x 4096 pixels has 8 MB in high quality.
MAX_JPEG_BYTES = 16_000_000
# More bytes between two JPEGs are a damaged picture: the headers of a part have 100 to 500 bytes.
MAX_HEADER_BYTES = 1024


class JpegSplitter:
    """Takes the bytes of a stream as they come, and returns the complete JPEGs.

    Its time is linear in the number of bytes.

    damaged: the number of pictures that were skipped: those that do not end before the next one
    starts, those with an impossible structure or size, and bytes that are no header of a part.
    """

    def __init__(self) -> None:
        self.damaged = 0
        self._buffer = bytearray()
        # Bytes skipped since the last picture.
        self._skipped = 0
        # Where the walk through the JPEG at the start of the buffer continues; 0 if there is none.
        self._at = self._segments = 0
        self._in_scan = False

    def feed(self, content: bytes) -> Iterator[bytes]:
        """The JPEGs that are complete with these bytes. All of them must be taken."""
        self._buffer += content
        while self._find_start():
            try:
                end = self._find_end()
            except _DamagedError as error:
                self._drop_damaged(error.length)
                continue
            if end:
                yield bytes(self._buffer[:end])
                self._drop(end)
            elif len(self._buffer) > MAX_JPEG_BYTES:
                self._drop_damaged(len(self._buffer))
            else:
                return

    def finish(self) -> None:
        """Count a picture that the end of the stream has cut off."""
        if self._at:
            self._drop_damaged(len(self._buffer))

    def _drop(self, length: int) -> None:
        del self._buffer[:length]
        self._at = self._skipped = 0

    def _drop_damaged(self, length: int) -> None:
        """Remove bytes from the start of the buffer, in which other pictures can start, too."""
        self.damaged += max(self._buffer.count(START, 0, length), 1)
        self._drop(length)

    def _find_start(self) -> bool:
        """Remove what lies in front of the next JPEG; whether there is one."""
        if self._at:
            return True
        start = self._buffer.find(START)
        # The start can be cut between two reads.
        skipped = start if start >= 0 else max(len(self._buffer) - len(START) + 1, 0)
        del self._buffer[:skipped]
        before, self._skipped = self._skipped, self._skipped + skipped
        if before <= MAX_HEADER_BYTES < self._skipped:
            self.damaged += 1
        if start < 0:
            return False
        self._at, self._segments, self._in_scan = len(START) - 1, 0, False
        return True

    def _find_end(self) -> int:
        """The length of the JPEG; 0 if it is not complete. Raises _DamagedError."""
        while not self._in_scan:
            segment = SEGMENT.match(self._buffer, self._at)
            if segment is None:
                if BEGUN_SEGMENT.fullmatch(self._buffer, self._at):
                    return 0
                raise _DamagedError(self._at)
            code, length = segment[1][0], int.from_bytes(segment[2], "big")
            self._segments += 1
            if code in WITHOUT_LENGTH or length < 2 or self._segments > MAX_SEGMENTS:
                raise _DamagedError(self._at)
            self._in_scan = code == START_OF_SCAN
            self._at = segment.end(1) + length
        marker = START_OR_END.search(self._buffer, self._at)
        if marker is None:
            # The marker can be cut between two reads.
            self._at = max(self._at, len(self._buffer) - 1)
            return 0
        if marker[0][1] != END_OF_IMAGE:
            raise _DamagedError(marker.start())
        return marker.end()


class _DamagedError(Exception):
    """The picture at the start of the buffer is damaged. length: how many bytes of it are."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self.length = length
