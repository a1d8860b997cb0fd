"""HEIF (ISO/IEC 23008-12): the boxes of a HEIC photo, their lengths, and its primary item.

libheif decodes the primary item, which is one HEVC picture or a grid of them. AVIF is recognized,
but not supported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edge.photos.formats.walker import StructureError, Walker
from edge.photos.header import PhotoHeader

BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}
MAX_BRANDS = 32
HEVC_PICTURE, AV1_PICTURE, GRID = b"hvc1", b"av01", b"grid"

# libheif's own limit of items is 1000.
MAX_BOXES = 4000
MAX_ITEMS = 1000
# What libheif allocates for a pixel of the largest picture, measured: for 8 bits and colour at half
# of the resolution (4:2:0), which phones write; for 8 bits and more colour; for more bits.
BYTES_OF_A_PIXEL, BYTES_OF_A_FULL_PIXEL, BYTES_OF_A_DEEP_PIXEL = 5, 9, 15
MAX_HALVED_CHROMA = 1
# The stack of a thread of libde265, and its tables.
THREAD_BYTES = 10_000_000


@dataclass(frozen=True)
class Box:
    """A box (ISO/IEC 14496-12, 4.2): its type, and where its content starts and ends."""

    kind: bytes
    start: int
    end: int


class HeifWalker(Walker):
    """Walks the file's boxes and those that describe the items. Coded pictures are not read."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._boxes = 0
        self._metadata: dict[bytes, Box] = {}

    @classmethod
    def recognizes(cls, content: bytes) -> bool:
        """Whether the major brand or a compatible brand of the file is one of HEIF."""
        if content[4:8] != b"ftyp":
            return False
        end = min(int.from_bytes(content[:4], "big"), 16 + 4 * MAX_BRANDS)
        brands = {content[8:12], *(content[at : at + 4] for at in range(16, end, 4))}
        return not BRANDS.isdisjoint(brands)

    @property
    def is_avif(self) -> bool:
        """Whether the major brand is one of AVIF, or the primary item is an AV1 picture."""
        if self.content[8:12] in (b"avif", b"avis"):
            return True
        try:
            self._read_metadata()
            return self._kind_of(self._primary) == AV1_PICTURE
        except StructureError:
            return b"avif" in self.content[16:64]

    def read_header(self) -> PhotoHeader:
        self._read_metadata()
        kind = self._kind_of(self._primary)
        if kind not in (HEVC_PICTURE, GRID):
            raise StructureError("its primary item is neither an HEVC picture nor a grid of them")
        properties = self._properties()
        sizes = {
            number: self._size(box) for number, box in properties.items() if box.kind == b"ispe"
        }
        own = [number for number in self._property_numbers(self._primary) if number in properties]
        size = next((sizes[number] for number in own if number in sizes), None)
        if size is None:
            raise StructureError("its primary item has no size")
        width, height = size
        for number in own:
            if properties[number].kind == b"clap":
                width, height = self._cropped(properties[number])
        if width > size[0] or height > size[1]:
            raise StructureError("its crop is larger than the picture")
        pixels = max(across * down for across, down in sizes.values())
        return PhotoHeader(
            kind="HEIC",
            width=width,
            height=height,
            scratch_bytes=pixels * self._pixel_bytes(properties) + len(self.content) + THREAD_BYTES,
        )

    def check_body(self) -> bool:
        return True

    def _read_metadata(self) -> None:
        """Find the boxes of the box `meta`. Every box of the file must end within it."""
        if self._metadata:
            return
        boxes = list(self._walk(0, len(self.content)))
        if any(box.kind == b"moov" for box in boxes):
            raise StructureError("it is a sequence of pictures")
        found = [box for box in boxes if box.kind == b"meta"]
        if len(found) != 1:
            raise StructureError(f"it has {len(found)} boxes with metadata, expected one")
        inner = list(self._walk(found[0].start + 4, found[0].end))
        self._metadata = {box.kind: box for box in inner}
        if len(inner) != len(self._metadata):
            raise StructureError("a box of its metadata is repeated")

    def _walk(self, at: int, end: int) -> Iterator[Box]:
        """The boxes between two positions. A size of 0 stands for the rest, 1 for 64 bits."""
        while at < end:
            self._boxes += 1
            if self._boxes > MAX_BOXES:
                raise StructureError(f"it has more than {MAX_BOXES} boxes")
            size, kind, header = self.integer(at, 4), self.part(at + 4, 4), 8
            if size == 1:
                size, header = self.integer(at + 8, 8), 16
            elif size == 0:
                size = end - at
            if size < header or at + size > end:
                raise StructureError(f"a box has {size} bytes, expected {header} to {end - at}")
            yield Box(kind, at + header, at + size)
            at += size

    def _box(self, kind: bytes) -> Box:
        """A box of the metadata that must exist, and has a version and flags of 4 bytes."""
        box = self._metadata.get(kind)
        if box is None or box.end - box.start < 4:
            raise StructureError(f"its box {kind.decode()} is missing")
        return box

    @property
    def _primary(self) -> int:
        """The number of the primary item."""
        box = self._box(b"pitm")
        return self.integer(box.start + 4, 4 if self.integer(box.start, 1) else 2)

    def _kind_of(self, item: int) -> bytes:
        """The type of an item, from its entry in the box `iinf` (version 2 or 3)."""
        box = self._box(b"iinf")
        first = box.start + (8 if self.integer(box.start, 1) else 6)
        for number, entry in enumerate(self._walk(first, box.end), 1):
            if number > MAX_ITEMS:
                raise StructureError(f"it has more than {MAX_ITEMS} items")
            size = 4 if self.integer(entry.start, 1) > 2 else 2
            if self.integer(entry.start + 4, size) == item:
                return self.part(entry.start + 4 + size + 2, 4)
        raise StructureError("its primary item does not exist")

    def _properties(self) -> dict[int, Box]:
        """The properties by number, from 1."""
        return dict(enumerate(self._walk(*self._part_of_properties(b"ipco", 0)), 1))

    def _part_of_properties(self, kind: bytes, header: int) -> tuple[int, int]:
        """Where the content of a box of `iprp` starts, after a header, and ends."""
        whole = self._box(b"iprp")
        for box in self._walk(whole.start, whole.end):
            if box.kind == kind:
                return box.start + header, box.end
        raise StructureError(f"its box {kind.decode()} is missing")

    def _property_numbers(self, item: int) -> list[int]:
        """The numbers of an item's properties, from the box `ipma`."""
        at, end = self._part_of_properties(b"ipma", 8)
        version, flags = self.integer(at - 8, 1), self.integer(at - 5, 1)
        item_size, number_size = 4 if version else 2, 2 if flags & 1 else 1
        # The highest bit states whether a reader must know the property.
        mask = 0x7FFF if flags & 1 else 0x7F
        for _ in range(min(self.integer(at - 4, 4), MAX_ITEMS)):
            found, count = self.integer(at, item_size), self.integer(at + item_size, 1)
            at += item_size + 1
            if at + count * number_size > end:
                raise StructureError("its list of properties is longer than its box")
            if found == item:
                return [
                    self.integer(at + number * number_size, number_size) & mask
                    for number in range(count)
                ]
            at += count * number_size
        raise StructureError("its primary item has no properties")

    def _pixel_bytes(self, properties: dict[int, Box]) -> int:
        """The largest cost of a pixel, by the configurations of HEVC (ISO/IEC 14496-15, 8.3.3)."""
        found = BYTES_OF_A_PIXEL
        for box in properties.values():
            if box.kind == b"hvcC":
                chroma, depth = (
                    self.integer(box.start + 16, 1) & 3,
                    self.integer(box.start + 17, 1) & 7,
                )
                if depth:
                    return BYTES_OF_A_DEEP_PIXEL
                if chroma > MAX_HALVED_CHROMA:
                    found = BYTES_OF_A_FULL_PIXEL
        return found

    def _size(self, box: Box) -> tuple[int, int]:
        """Width and height of the property `ispe`."""
        return self.integer(box.start + 4, 4), self.integer(box.start + 8, 4)

    def _cropped(self, box: Box) -> tuple[int, int]:
        """Width and height of the property `clap`, which are fractions."""
        width, across, height, down = (self.integer(box.start + at, 4) for at in (0, 4, 8, 12))
        if not across or not down:
            raise StructureError("its crop is a division by zero")
        return width // across, height // down
