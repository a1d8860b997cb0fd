"""BMP: the header, the palette and the size of the pixel data."""

from __future__ import annotations

from edge.photos.formats.walker import StructureError, Walker
from edge.photos.header import PhotoHeader

FILE_HEADER = 14
# The sizes of BITMAPCOREHEADER, BITMAPINFOHEADER and its extensions.
CORE_HEADER = 12
HEADERS = {CORE_HEADER, 40, 52, 56, 64, 108, 124}
UNCOMPRESSED, RLE8, RLE4, BIT_FIELDS = range(4)
BITS = {
    UNCOMPRESSED: (1, 4, 8, 16, 24, 32),
    RLE8: (8,),
    RLE4: (4,),
    BIT_FIELDS: (16, 32),
}


class BmpWalker(Walker):
    """Reads the header, which determines where everything else is."""

    byte_order = "little"
    signature = b"BM"
    _pixels = 0
    _pixel_bytes = 0
    _palette_end = 0

    def read_header(self) -> PhotoHeader:
        self._pixels, size = self.integer(10, 4), self.integer(14, 4)
        if size not in HEADERS:
            raise StructureError(
                f"its header has {size} bytes, expected 12, 40, 52, 56, 64, 108 or 124"
            )
        is_core = size == CORE_HEADER
        width = self.integer(18, 2 if is_core else 4)
        height = self._height(is_core=is_core)
        planes, bits = (self.integer(at, 2) for at in ((22, 24) if is_core else (26, 28)))
        compression = UNCOMPRESSED if is_core else self.integer(30, 4)
        if planes != 1 or bits not in BITS.get(compression, ()):
            raise StructureError(
                f"{bits} bits a pixel with compression {compression} are not supported"
            )
        colours = 0 if is_core else self.integer(46, 4)
        if bits <= 8 and colours > 256:
            raise StructureError(f"its palette has {colours} colours, expected at most 256")
        row_bytes = (width * bits + 31) // 32 * 4
        self._pixel_bytes = 0 if compression in (RLE8, RLE4) else row_bytes * height
        self._palette_end = FILE_HEADER + size
        if bits <= 8:
            self._palette_end += (colours or 2**bits) * (3 if is_core else 4)
        return PhotoHeader(
            kind="BMP",
            width=width,
            height=height,
            scratch_bytes=row_bytes + 3 * width,
        )

    def check_body(self) -> bool:
        self.expect(self._palette_end)
        if self._pixels < FILE_HEADER + self.integer(14, 4):
            raise StructureError("its pixels start inside its header")
        self.expect(self._pixels + max(1, self._pixel_bytes))
        return True

    def _height(self, *, is_core: bool) -> int:
        """The height; that of rows from top to bottom is stored as a negative number."""
        if is_core:
            return self.integer(20, 2)
        height = self.integer(22, 4)
        return 2**32 - height if height >= 2**31 else height
