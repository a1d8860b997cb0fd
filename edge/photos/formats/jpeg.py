"""JPEG (ITU-T T.81): the segments up to the first scan, and the number of scans.

What follows the end of the first image is not read: phones append further images (MPO, gain maps)
and short films there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from edge.photos.formats.walker import StructureError, Walker
from edge.photos.header import PhotoHeader

# Marker codes (table B.1). Of the frames, libjpeg-turbo in OpenCV decodes baseline, extended
# sequential and progressive DCT with Huffman codes at 8 bits.
FRAMES = {0xC0, 0xC1, 0xC2}
PROGRESSIVE_FRAME = 0xC2
HUFFMAN_TABLES, QUANTIZATION_TABLES, RESTART_INTERVAL, COMMENT = 0xC4, 0xDB, 0xDD, 0xFE
APPLICATION = range(0xE0, 0xF0)
OTHER_SEGMENTS = {HUFFMAN_TABLES, QUANTIZATION_TABLES, RESTART_INTERVAL, COMMENT, *APPLICATION}
END_OF_IMAGE, START_OF_SCAN = 0xD9, 0xDA

# A segment starts with FF, any number of times, and a code.
MARKER = re.compile(rb"\xff+([^\x00\xff])")
# Inside a scan, FF 00 stands for FF; restart markers do not end it. Without a repetition: a search
# for `\xff+` takes quadratic time over a run of FF bytes.
END_OF_SCAN = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")

MAX_SEGMENTS = 2000
# Encoders write 10 scans, optimisers up to 30. OpenCV decodes all pixels once a scan.
MAX_SCANS = 100
MAX_SAMPLING = 4
BYTES_OF_A_BLOCK = 2 * 64


@dataclass(frozen=True)
class Frame:
    """The start-of-frame segment (B.2.2). sampling: horizontal and vertical, of each component."""

    code: int
    width: int
    height: int
    sampling: tuple[tuple[int, int], ...]

    @property
    def coefficient_bytes(self) -> int:
        """The size of all coefficients, which libjpeg holds until the last scan (jdcoefct.c)."""
        across = -(-self.width // (8 * max(h for h, _ in self.sampling)))
        down = -(-self.height // (8 * max(v for _, v in self.sampling)))
        return across * down * sum(h * v for h, v in self.sampling) * BYTES_OF_A_BLOCK

    @property
    def row_bytes(self) -> int:
        """The size of the buffers for one row of blocks, before and after upsampling."""
        return 2 * self.width * len(self.sampling) * 8 * max(v for _, v in self.sampling)


class JpegWalker(Walker):
    """Walks from the start of the image to the end of its last scan."""

    signature = b"\xff\xd8\xff"
    _scan = 0
    _has_one_scan = True

    def read_header(self) -> PhotoHeader:
        frame, self._scan = self.find_frame(2)
        components = self.part(self._scan + 2, 1)[0]
        if not 1 <= components <= len(frame.sampling):
            raise StructureError(
                f"its scan has {components} components, its frame {len(frame.sampling)}"
            )
        self._has_one_scan = frame.code != PROGRESSIVE_FRAME and components == len(frame.sampling)
        return PhotoHeader(
            kind="JPEG",
            width=frame.width,
            height=frame.height,
            scratch_bytes=frame.row_bytes + (0 if self._has_one_scan else frame.coefficient_bytes),
        )

    def check_body(self) -> bool:
        at = self._scan + self._length(self._scan)
        if self._has_one_scan:
            return self.content.find(b"\xff\xd9", at) >= 0
        scans = 1
        for _ in range(MAX_SEGMENTS):
            marker = END_OF_SCAN.search(self.content, at)
            if marker is None or marker.end() + 2 > len(self.content):
                return marker is not None and marker[1][0] == END_OF_IMAGE
            code, at = marker[1][0], marker.end()
            if code == END_OF_IMAGE:
                return True
            if code == START_OF_SCAN:
                scans += 1
            elif code not in OTHER_SEGMENTS:
                raise StructureError(f"a segment {code:02X} follows its first scan")
            if scans > MAX_SCANS:
                raise StructureError(f"it has more than {MAX_SCANS} scans")
            at += self._length(at)
        raise StructureError(f"more than {MAX_SEGMENTS} segments follow its first scan")

    def find_frame(self, at: int) -> tuple[Frame, int]:
        """The frame, and the position of the length of the first scan's header."""
        frame = None
        for _ in range(MAX_SEGMENTS):
            code, at = self._marker(at)
            if code == START_OF_SCAN:
                if frame is None:
                    raise StructureError("its first scan comes before its frame")
                return frame, at
            length = self._length(at)
            if code in FRAMES:
                if frame is not None:
                    raise StructureError("it has two frames")
                frame = self._frame(code, at, length)
            elif code not in OTHER_SEGMENTS:
                raise StructureError(f"a segment {code:02X} comes before its first scan")
            at += length
        raise StructureError(f"it has more than {MAX_SEGMENTS} segments")

    def _marker(self, at: int) -> tuple[int, int]:
        """The code of the segment at a position, and the position after it."""
        marker = MARKER.match(self.content, at)
        if marker is None:
            self.expect(at + 4)
            raise StructureError(f"there is no segment at byte {at}")
        return marker[1][0], marker.end()

    def _length(self, at: int) -> int:
        length = self.integer(at, 2)
        if length < 2:
            raise StructureError(f"a segment has length {length}")
        return length

    def _frame(self, code: int, at: int, length: int) -> Frame:
        precision = self.integer(at + 2, 1)
        height, width = self.integer(at + 3, 2), self.integer(at + 5, 2)
        count = self.integer(at + 7, 1)
        if precision != 8:
            raise StructureError(f"it has {precision} bits a channel, expected 8")
        if not 1 <= count <= 4 or length != 8 + 3 * count:
            raise StructureError(f"it has {count} channels, expected 1 to 4")
        factors = self.part(at + 8, 3 * count)[1::3]
        sampling = tuple((factor >> 4, factor & 15) for factor in factors)
        if not all(1 <= factor <= MAX_SAMPLING for pair in sampling for factor in pair):
            raise StructureError("the sampling of its channels is not 1 to 4")
        return Frame(code, width, height, sampling)
