"""WebP (RFC 9649): the chunks of a still image, with their lengths and sizes."""

from __future__ import annotations

from collections.abc import Iterator

from edge.photos.formats.walker import StructureError, Walker
from edge.photos.header import PhotoHeader

FIRST_CHUNK = 12
MAX_CHUNKS = 500
# Flags of the VP8X chunk (RFC 9649, figure 7).
ANIMATION_FLAG, ALPHA_FLAG = 0x02, 0x10
START_CODE = b"\x9d\x01\x2a"
LOSSLESS_SIGNATURE = 0x2F


class WebpWalker(Walker):
    """Walks the chunks of the RIFF file. Bytes after the RIFF file are not read."""

    byte_order = "little"
    _end = 0
    _image = 0
    _has_alpha_chunk = False

    @classmethod
    def recognizes(cls, content: bytes) -> bool:
        return content[:4] == b"RIFF" and content[8:12] == b"WEBP"

    def read_header(self) -> PhotoHeader:
        self._end = 8 + self.integer(4, 4)
        kind, _ = self._chunk(FIRST_CHUNK)
        if kind != b"VP8X":
            self._image = FIRST_CHUNK
            width, height, has_alpha = self._image_size(FIRST_CHUNK)
        else:
            flags = self.integer(20, 1)
            if flags & ANIMATION_FLAG:
                raise StructureError("it is an animation")
            width, height = self.integer(24, 3) + 1, self.integer(27, 3) + 1
            self._image = self._find_image()
            *image_size, has_alpha = self._image_size(self._image)
            if image_size != [width, height]:
                raise StructureError(
                    f"its canvas has {width} x {height} pixels, its image another size"
                )
            has_alpha |= bool(flags & ALPHA_FLAG)
        is_lossless = self._chunk(self._image)[0] == b"VP8L"
        # The picture in colour. A lossless image is decoded to ARGB first, and so is the alpha of
        # another one, which has a plane of its own, too (libwebp's alpha_dec.c).
        bytes_of_a_pixel = 3 + has_alpha + 4 * is_lossless + 5 * self._has_alpha_chunk
        return PhotoHeader(
            kind="WebP",
            width=width,
            height=height,
            scratch_bytes=width * height * bytes_of_a_pixel,
        )

    def check_body(self) -> bool:
        self.expect(self._end)
        for at in self._chunks(FIRST_CHUNK):
            kind, _ = self._chunk(at)
            if kind in (b"ANIM", b"ANMF"):
                raise StructureError("it is an animation")
            if kind in (b"VP8 ", b"VP8L") and at != self._image:
                raise StructureError("it has two images")
            if kind == b"VP8X" and at != FIRST_CHUNK:
                raise StructureError("its header is not its first chunk")
        return True

    def _find_image(self) -> int:
        """The position of the image, after a header."""
        for at in self._chunks(FIRST_CHUNK):
            kind, _ = self._chunk(at)
            if kind in (b"VP8 ", b"VP8L"):
                return at
            if kind in (b"ANIM", b"ANMF"):
                raise StructureError("it is an animation")
            self._has_alpha_chunk |= kind == b"ALPH"
        raise StructureError("it has no image")

    def _chunks(self, at: int) -> Iterator[int]:
        """The positions of the chunks up to the end of the RIFF file."""
        for _ in range(MAX_CHUNKS):
            if at + 8 > self._end:
                return
            yield at
            length = self._chunk(at)[1]
            at += 8 + length + length % 2
        raise StructureError(f"it has more than {MAX_CHUNKS} chunks")

    def _chunk(self, at: int) -> tuple[bytes, int]:
        """The kind and the length of the chunk at a position."""
        kind, length = self.part(at, 4), self.integer(at + 4, 4)
        if at + 8 + length > self._end:
            raise StructureError(f"a chunk of {length} bytes is longer than the file states")
        self.expect(at + 8 + length)
        return kind, length

    def _image_size(self, at: int) -> tuple[int, int, bool]:
        """The width, the height and whether there is alpha, of an image's chunk."""
        kind, length = self._chunk(at)
        start = at + 8
        if kind == b"VP8L" and length > 5 and self.integer(start, 1) == LOSSLESS_SIGNATURE:
            bits = self.integer(start + 1, 4)
            if bits >> 29:
                raise StructureError("its version of the lossless format does not exist")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
        if kind == b"VP8 " and length > 10 and self.part(start + 3, 3) == START_CODE:
            tag = self.integer(start, 3)
            if tag & 1 or not tag >> 4 & 1 or tag >> 5 > length:
                raise StructureError("its first frame is not a complete key frame")
            return self.integer(start + 6, 2) & 0x3FFF, self.integer(start + 8, 2) & 0x3FFF, False
        raise StructureError("its first chunk is not an image")
