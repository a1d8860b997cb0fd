"""TIFFs with contradicting tags, oversized tiles and strips, and loops."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence

from tests.edge.photos.bombs.jpeg import black_jpeg, progressive
from tests.edge.photos.bombs.zeros import compressed_zeros

DEFLATE, JPEG = 8, 7
Tags = Mapping[int, Sequence[int]]


def bombs() -> Iterator[tuple[str, bytes]]:
    """Names and contents."""
    yield (
        "119 megapixels, sizes repeated",
        tiff(11_000, 10_900, rows=109, repeated=((256, 64), (257, 64))),
    )
    yield "40 megapixels in a tile, RGBA, 16 bits", tiff(6320, 6320, 4, 16, tile=(6320, 6320))
    yield "40 megapixels in a tile, RGBA", tiff(6320, 6320, 4, tile=(6320, 6320))
    yield "40 megapixels in a strip, RGB", tiff(6320, 6320, 3)
    yield "40 megapixels in a strip, RGB, 16 bits", tiff(6320, 6320, 3, 16)
    yield "40 megapixels of floats", tiff(6320, 6320, 1, 32, tags={339: [3]})
    yield "40 megapixels of RGB floats", tiff(6320, 6320, 3, 32, rows=20, tags={339: [3, 3, 3]})
    for side in (4096, 12_288, 16_384):
        yield f"a tile of {side} for 64 pixels", tiff(64, 64, tile=(side, side))
    yield "tiles of 16384 x 16 for 1 x 60000", tiff(1, 60_000, tile=(16_384, 16))
    yield "a tile of 2 billion pixels", tiff(64, 64, tile=(2**31 - 16, 16), data=bytes(99))
    yield "40 million tiles", tiff(6320, 6320, tile=(1, 1), count=10, data=bytes(99))
    yield "a million strips", tiff(1, 1_000_000, rows=1, count=1_000_000, data=b"")
    yield "strips that overlap", tiff(8, 60_000, rows=1, data=_empty_blocks(1_000_000))
    yield from _structures()
    yield from _jpegs()


def _structures() -> Iterator[tuple[str, bytes]]:
    small = tiff(64, 64)
    yield "a directory beyond the file", b"II*\0\xff\xff\xff\x7f"
    yield "an empty directory", b"II*\0\x08\0\0\0\0\0" + bytes(60)
    yield "a directory of 65535 entries", b"II*\0\x08\0\0\0\xff\xff" + bytes(65_535 * 12 + 4)
    yield "a loop of pages", _with_next_page(small, 8)
    chain = bytearray(_with_next_page(small, len(small)))
    for _ in range(100_000):
        entry = struct.pack("<HHHII", 1, 254, 4, 1, 0)
        chain += entry + struct.pack("<I", len(chain) + len(entry) + 4)
    yield "100000 pages", bytes(chain)
    for tag in (256, 257, 258, 259, 262, 273, 277, 279):
        yield f"tag {tag} is missing", tiff(64, 64, without=tag)
        yield f"tag {tag} is repeated", tiff(64, 64, repeated=((tag, 1),))
        for value in (0, 2**16 - 1, 2**32 - 1):
            yield f"tag {tag} is {value}", tiff(64, 64, tags={tag: [value]})
    for tag, values in (
        (258, [8, 16, 8]),
        (277, [5]),
        (277, [65_535]),
        (284, [2]),
        (284, [9]),
        (317, [2]),
        (317, [3]),
        (339, [3]),
        (322, [64]),
        (278, [0]),
    ):
        yield f"tag {tag} is {values}", tiff(64, 64, tags={tag: values})
    for count in (2**16, 2**31 - 1, 2**32 - 1):
        at = small.index(struct.pack("<HH", 273, 4)) + 4
        yield f"{count} strips", small[:at] + struct.pack("<I", count) + small[at + 4 :]


def _jpegs() -> Iterator[tuple[str, bytes]]:
    for name, jpeg in (
        ("larger", black_jpeg(6000, 6000)),
        ("higher", black_jpeg(64, 60_000)),
        ("progressive", progressive(64, 64, 3)),
        ("with 3000 scans", progressive(64, 64, 3000)),
        ("truncated", black_jpeg(64, 64)[:30]),
        ("without data", b"\xff\xd8\xff\xd9"),
    ):
        yield f"a JPEG inside, {name}", tiff(64, 64, compression=JPEG, data=jpeg)


def tiff(
    width: int,
    height: int,
    samples: int = 1,
    bits: int = 8,
    *,
    rows: int | None = None,
    tile: tuple[int, int] | None = None,
    compression: int = DEFLATE,
    data: bytes | None = None,
    count: int | None = None,
    tags: Tags | None = None,
    repeated: Sequence[tuple[int, int]] = (),
    without: int = 0,
) -> bytes:
    """A black TIFF. All strips or tiles, in number `count`, are at the same place.

    tags: replaces the values of tags. repeated: tags that follow their first occurrence. without:
    a tag to leave out.
    """
    across, down = tile or (width, rows or height)
    segments = count or -(-width // across) * -(-height // down)
    if data is None:
        data = compressed_zeros(across * down * samples * bits // 8)
    offsets, sizes = (324, 325) if tile else (273, 279)
    layout = {322: [across], 323: [down]} if tile else {278: [down]}
    entries: dict[int, Sequence[int]] = {
        256: [width], 257: [height], 258: [bits] * samples, 259: [compression],
        262: [2 if samples >= 3 else 1], 277: [samples], **layout,
        offsets: [0] * segments, sizes: [len(data)] * segments, **(tags or {}),
    }  # fmt: skip
    entries.pop(without, None)
    rows_of_tags = sorted([*entries.items(), *((tag, [value]) for tag, value in repeated)],
                          key=lambda row: row[0])  # fmt: skip
    start = 8 + 2 + 12 * len(rows_of_tags) + 4
    pixels = start + sum(4 * len(values) for _, values in rows_of_tags if len(values) > 1)
    directory, values_of_tags = struct.pack("<H", len(rows_of_tags)), b""
    for tag, values in rows_of_tags:
        is_position = tag == offsets and tag not in (tags or {})
        packed = struct.pack(
            f"<{len(values)}I", *([pixels] * len(values) if is_position else values)
        )
        directory += struct.pack("<HHI", tag, 4, len(values))
        if len(values) == 1:
            directory += packed
        else:
            directory += struct.pack("<I", start + len(values_of_tags))
            values_of_tags += packed
    return b"II*\0\x08\0\0\0" + directory + bytes(4) + values_of_tags + data


def _empty_blocks(size: int) -> bytes:
    """A zlib stream of stored blocks without content, in front of eight zeros."""
    return b"\x78\x01" + b"\0\0\0\xff\xff" * (size // 5) + zlib.compress(bytes(8))[2:]


def _with_next_page(content: bytes, position: int) -> bytes:
    end = 10 + 12 * int.from_bytes(content[8:10], "little")
    return content[:end] + struct.pack("<I", position) + content[end + 4 :]
