"""PNG (ISO/IEC 15948): the chunks, with their lengths, their order and what they unpack to."""

from __future__ import annotations

import zlib

from edge.photos.formats.walker import StructureError, Walker
from edge.photos.header import PhotoHeader

# Colour types and their bit depths and channels (table 11.1).
BIT_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PALETTE = 3
ANIMATION = {b"acTL", b"fcTL", b"fdAT"}

FIRST_CHUNK = 8
HEADER_LENGTH = 13
MAX_LENGTH = 2**31 - 1
MAX_DATA_CHUNKS = 20_000
MAX_OTHER_CHUNKS = 500
# libpng unpacks each compressed text and profile, up to 8 MB each, and holds up to 1000 of them.
MAX_UNPACKED_BYTES = 8_000_000


class PngWalker(Walker):
    """Walks from IHDR to IEND."""

    signature = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"
    _colour_type = 0
    _unpacked = 0

    def read_header(self) -> PhotoHeader:
        width, height = self.integer(16, 4), self.integer(20, 4)
        bits, self._colour_type, compression, filtering, interlacing = self.part(24, 5)
        if bits not in BIT_DEPTHS.get(self._colour_type, ()):
            raise StructureError(f"colour type {self._colour_type} with {bits} bits does not exist")
        if compression or filtering or interlacing > 1:
            raise StructureError("its compression, filter or interlace method does not exist")
        row_bytes = width * CHANNELS[self._colour_type] * 2
        return PhotoHeader(kind="PNG", width=width, height=height, scratch_bytes=4 * row_bytes)

    def check_body(self) -> bool:
        at = FIRST_CHUNK + 12 + HEADER_LENGTH
        # Positions of the chunks' ends, and how many there are.
        data_end = 0
        data_chunks = others = 0
        has_palette = False
        while (kind := self._chunk(at)) != b"IEND":
            end = at + 12 + self.integer(at, 4)
            if kind == b"IDAT":
                if data_chunks and data_end != at:
                    raise StructureError("its pixels are not in one sequence of chunks")
                data_chunks += 1
                data_end = end
            else:
                others += 1
                self._check_other(kind, at, is_first=data_chunks == 0 and not has_palette)
                has_palette |= kind == b"PLTE"
            if data_chunks > MAX_DATA_CHUNKS or others > MAX_OTHER_CHUNKS:
                raise StructureError("it has too many chunks")
            at = end
        if not data_chunks:
            raise StructureError("it has no pixels")
        if self._colour_type == PALETTE and not has_palette:
            raise StructureError("it has no palette")
        return True

    def _chunk(self, at: int) -> bytes:
        """The kind of the chunk at a position, after a check of its length."""
        length = self.integer(at, 4)
        if length > MAX_LENGTH:
            raise StructureError(f"a chunk has {length} bytes, expected at most {MAX_LENGTH}")
        self.expect(at + 12 + length)
        return self.content[at + 4 : at + 8]

    def _check_other(self, kind: bytes, at: int, *, is_first: bool) -> None:
        if kind in ANIMATION:
            raise StructureError("it is an animation")
        if kind == b"PLTE":
            if not is_first:
                raise StructureError("its palette is repeated or follows its pixels")
        elif not kind.isalpha() or kind[:1].isupper():
            raise StructureError(f"it has an unknown chunk {kind!r}")
        elif kind in (b"iCCP", b"zTXt", b"iTXt"):
            self._unpack(kind, self.content[at + 8 : at + 8 + self.integer(at, 4)])

    def _unpack(self, kind: bytes, chunk: bytes) -> None:
        """Add what the chunk unpacks to, and raise StructureError if the sum is too large."""
        _, _, packed = chunk.partition(b"\0")  # the keyword
        if kind == b"iTXt":
            if not packed.startswith(b"\1"):
                return
            *_, packed = packed[1:].split(b"\0", 2)  # the language and the translated keyword
        left = MAX_UNPACKED_BYTES - self._unpacked
        try:
            unpacked = zlib.decompressobj().decompress(packed[1:], left + 1)
        except zlib.error:
            return  # libpng ignores the chunk
        self._unpacked += len(unpacked)
        if len(unpacked) > left:
            raise StructureError(
                f"its texts and profiles unpack to more than {MAX_UNPACKED_BYTES} bytes"
            )
