"""TIFF (revision 6.0): the directory of the first page, and where its strips or tiles are.

BigTIFF, which is for files above 4 GB, is not supported.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from edge.photos.formats.jpeg import PROGRESSIVE_FRAME, JpegWalker
from edge.photos.formats.walker import StructureError, Walker
from edge.photos.header import PhotoHeader

# Tags (section 8).
WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
STRIP_OFFSETS, SAMPLES, ROWS_PER_STRIP, STRIP_SIZES = 273, 277, 278, 279
PLANAR, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_SIZES = 284, 322, 323, 324, 325
SAMPLE_FORMAT = 339

# The size of each type of value, and the format of the integers for `struct`.
TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
INTEGERS = {1: "B", 3: "H", 4: "I"}

JPEG = 7
# None, CCITT (four kinds), LZW, JPEG, Deflate (two codes), PackBits and SGI LogLuv.
COMPRESSIONS = {1, 2, 3, 4, 32771, 5, JPEG, 8, 32946, 32773, 34676}
# White is zero, black is zero, RGB, palette, CMYK, YCbCr, CIE L*a*b* and LogLuv.
PALETTE, LOG_LUV = 3, 32845
PHOTOMETRICS = {0, 1, 2, PALETTE, 5, 6, 8, LOG_LUV}
SEPARATE_PLANES = 2
INTEGER_FORMATS = {1, 2}

MAX_ENTRIES = 500
MAX_PAGES = 1000
MAX_SEGMENTS = 2**18
MAX_JPEG_SEGMENTS = 2**14
# Writers pad small pictures to one tile; more than this is not padding.
MAX_PADDING_PIXELS = 4_000_000


class TiffWalker(Walker):
    """Reads the first directory, as OpenCV does. A strip or a tile is called a segment."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.byte_order = "little" if content[:2] == b"II" else "big"
        # The tags: type, number of values, and the position of the values.
        self._tags: dict[int, tuple[int, int, int]] = {}
        self._segment_size = (0, 0)
        self._segments = 0

    @classmethod
    def recognizes(cls, content: bytes) -> bool:
        return content[:4] in (b"II*\0", b"MM\0*")

    def read_header(self) -> PhotoHeader:
        self._read_directory(self.integer(4, 4))
        width, height = self._value(WIDTH), self._value(HEIGHT)
        samples = self._value(SAMPLES, 1)
        bits = self._bits(samples)
        self._lay_out(width, height, samples)
        segment_pixels = self._segment_size[0] * self._segment_size[1]
        return PhotoHeader(
            kind="TIFF",
            width=width,
            height=height,
            # One segment as it is stored, and as RGBA (libtiff's TIFFReadRGBAStrip and -Tile).
            scratch_bytes=segment_pixels * (4 + samples * max(1, bits // 8)),
        )

    def check_body(self) -> bool:
        self._check_encoding()
        self._check_pages()
        positions = list(self._positions())
        if sum(size for _, size in positions) > len(self.content):
            raise StructureError("its strips or tiles overlap")
        self.expect(max(start + size for start, size in positions))
        if self._value(COMPRESSION, 1) == JPEG:
            self._check_jpegs(positions)
        return True

    def _read_directory(self, at: int) -> None:
        count = self.integer(at, 2)
        if not 1 <= count <= MAX_ENTRIES:
            raise StructureError(f"its directory has {count} entries, expected 1 to {MAX_ENTRIES}")
        self.expect(at + 2 + 12 * count + 4)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, values = (
                self.integer(entry, 2),
                self.integer(entry + 2, 2),
                self.integer(entry + 4, 4),
            )
            if tag in self._tags:
                raise StructureError(f"its tag {tag} is repeated")
            size = TYPE_SIZES.get(kind, 0) * values
            position = entry + 8 if size <= 4 else self.integer(entry + 8, 4)
            self.expect(position + size)
            self._tags[tag] = kind, values, position

    def _values(self, tag: int, count: int) -> Sequence[int]:
        """The first `count` integers of a tag."""
        kind, values, position = self._tags.get(tag, (0, 0, 0))
        if kind not in INTEGERS or values < count:
            raise StructureError(f"its tag {tag} is missing or has too few integers")
        order = "<" if self.byte_order == "little" else ">"
        return struct.unpack_from(f"{order}{count}{INTEGERS[kind]}", self.content, position)

    def _value(self, tag: int, default: int | None = None) -> int:
        if default is not None and tag not in self._tags:
            return default
        return self._values(tag, 1)[0]

    def _bits(self, samples: int) -> int:
        if not 1 <= samples <= 4:
            raise StructureError(f"it has {samples} channels, expected 1 to 4")
        if BITS not in self._tags:
            return 1
        # A single value stands for all channels.
        bits = set(self._values(BITS, min(samples, self._tags[BITS][1])))
        if len(bits) != 1:
            raise StructureError("its channels have different numbers of bits")
        return bits.pop()

    def _lay_out(self, width: int, height: int, samples: int) -> None:
        """Set the size and the number of segments."""
        if TILE_WIDTH in self._tags or TILE_HEIGHT in self._tags:
            across, down = self._value(TILE_WIDTH), self._value(TILE_HEIGHT)
        else:
            across, down = width, min(self._value(ROWS_PER_STRIP, height), height)
        if not across or not down:
            raise StructureError("its strips or tiles are empty")
        segments = -(-width // across) * -(-height // down)
        if segments * across * down > 2 * width * height + MAX_PADDING_PIXELS:
            raise StructureError(
                f"its tiles of {across} x {down} pixels are far larger than the picture"
            )
        self._segment_size = across, down
        planes = samples if self._value(PLANAR, 1) == SEPARATE_PLANES else 1
        self._segments = segments * planes
        if self._segments > MAX_SEGMENTS:
            raise StructureError(
                f"it has {self._segments} strips or tiles, expected at most {MAX_SEGMENTS}"
            )

    def _check_encoding(self) -> None:
        compression, photometric = self._value(COMPRESSION, 1), self._value(PHOTOMETRIC)
        if compression not in COMPRESSIONS:
            raise StructureError(f"its compression {compression} is not supported")
        if photometric not in PHOTOMETRICS:
            raise StructureError(f"its photometric interpretation {photometric} is not supported")
        if photometric == LOG_LUV:
            return  # libtiff converts it to 8 bits
        bits = self._bits(self._value(SAMPLES, 1))
        if bits not in (1, 8, 16) and (bits, photometric) != (4, PALETTE):
            raise StructureError(f"it has {bits} bits a channel, expected 1, 8 or 16")
        if self._value(SAMPLE_FORMAT, 1) not in INTEGER_FORMATS:
            raise StructureError("its channels are not integers")

    def _check_pages(self) -> None:
        """Walk the chain of directories, which OpenCV counts."""
        at = self.integer(4, 4)
        pages: set[int] = set()
        while at and at + 2 <= len(self.content):
            if at in pages or len(pages) == MAX_PAGES:
                raise StructureError(f"its pages are a loop or more than {MAX_PAGES}")
            pages.add(at)
            end = at + 2 + 12 * self.integer(at, 2)
            at = self.integer(end, 4) if end + 4 <= len(self.content) else 0

    def _positions(self) -> Iterator[tuple[int, int]]:
        """The position and the size of each segment."""
        is_tiled = TILE_WIDTH in self._tags
        offsets = self._values(TILE_OFFSETS if is_tiled else STRIP_OFFSETS, self._segments)
        sizes = self._values(TILE_SIZES if is_tiled else STRIP_SIZES, self._segments)
        return zip(offsets, sizes, strict=True)

    def _check_jpegs(self, positions: list[tuple[int, int]]) -> None:
        """Check that each segment is a JPEG with one scan, and not larger than a segment."""
        if len(positions) > MAX_JPEG_SEGMENTS:
            raise StructureError(f"it has more than {MAX_JPEG_SEGMENTS} JPEGs")
        for start, size in positions:
            jpeg = self.content[start : start + size]
            if jpeg[:2] != b"\xff\xd8":
                raise StructureError("a strip or a tile is not a JPEG")
            frame, _ = JpegWalker(jpeg).find_frame(2)
            if frame.code == PROGRESSIVE_FRAME:
                raise StructureError("it contains progressive JPEGs")
            if frame.width > self._segment_size[0] or frame.height > self._segment_size[1]:
                raise StructureError("it contains JPEGs that are larger than its strips or tiles")
