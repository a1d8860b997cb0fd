"""Black JPEGs of any size, in few bytes, and JPEGs with a hostile structure."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

START, END = b"\xff\xd8", b"\xff\xd9"
# Tables with one code each: the DC difference is 0, and the block ends.
ONE_CODE = bytes([1] + [0] * 15)
DC_TABLE, AC_TABLE = b"\x00" + ONE_CODE + b"\x00", b"\x10" + ONE_CODE + b"\x00"
# The block and 32766 further blocks end (G.1.2.2: EOB14 with all bits set).
END_OF_BAND_RUN = b"\x10" + ONE_CODE + b"\xe0"
RUN_LENGTH = 2**15 - 1


def bombs() -> Iterator[tuple[str, bytes]]:
    """Names and contents."""
    large = black_jpeg(11_000, 10_900)
    yield "119 megapixels behind FF 00", hidden(large)
    yield "119 progressive megapixels behind FF 00", hidden(progressive(11_000, 10_900, 3))
    yield "40 megapixels with 3000 scans", progressive(6300, 6300, 3000)
    yield "40 megapixels with 3000 scans and no end", progressive(6300, 6300, 3000)[:-2]
    yield (
        "3000 scans, an end hidden in a comment",
        progressive(6300, 6300, 3000, between=segment(0xFE, END)),
    )
    yield "40 megapixels in 3 scans, not progressive", black_jpeg(6300, 6300, 3, is_split=True)
    yield (
        "40 megapixels in 4 scans, sampling 4",
        black_jpeg(6300, 6300, 4, sampling=0x44, is_split=True),
    )
    yield "120 megapixels", black_jpeg(11_000, 10_910)
    yield "65500 by 65500", black_jpeg(65_500, 65_500, rows=64)
    yield from _structures()


def _structures() -> Iterator[tuple[str, bytes]]:
    small = black_jpeg(64, 64)
    at = small.index(b"\xff\xc0")
    for name, part in (
        ("a second frame", frame(0xC0, 8000, 8000)),
        ("a progressive frame", frame(0xC2, 8000, 8000)),
        ("a second start", START),
        ("an early end", END),
        ("FF 00", b"\xff\x00\x00\x10" + bytes(14)),
        ("no marker", b"\x00\x10" + bytes(14)),
        ("a restart", b"\xff\xd0"),
        ("a number of lines", segment(0xDC, b"\x20\x00")),
        ("a hierarchical frame", segment(0xDE, frame(0xC0, 8000, 8000)[4:])),
        ("a length of 0", b"\xff\xe1\x00\x00"),
        ("a length beyond the file", b"\xff\xe1\xff\xff"),
        ("2 million empty segments", b"\xff\xe0\x00\x02" * 2_000_000),
        ("8 million fill bytes", b"\xff" * 8_000_000),
        ("hostile EXIF", segment(0xE1, hostile_exif())),
    ):
        yield f"{name} before the frame", small[:at] + part + small[at:]
        scan = small.index(b"\xff\xda")
        yield f"{name} before the scan", small[:scan] + part + small[scan:]
    for code in (0xC3, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF, 0xF7):
        yield f"a frame of kind {code:02X}", small.replace(b"\xff\xc0", bytes([0xFF, code]))
    yield "a height of 0", START + frame(0xC0, 0, 64) + small[small.index(b"\xff\xc4") :]
    yield "12 bits", small[: at + 4] + b"\x0c" + small[at + 5 :]
    yield "sampling 0", small[: at + 11] + b"\x00" + small[at + 12 :]
    yield "sampling 15", small[: at + 11] + b"\xff" + small[at + 12 :]


def segment(code: int, content: bytes) -> bytes:
    """A segment with its length."""
    return bytes([0xFF, code]) + struct.pack(">H", len(content) + 2) + content


def frame(code: int, height: int, width: int, channels: int = 1, sampling: int = 0x11) -> bytes:
    """The segment that starts a frame."""
    parts = b"".join(bytes([number, sampling, 0]) for number in range(1, channels + 1))
    return segment(code, struct.pack(">BHHB", 8, height, width, channels) + parts)


def scan(channels: Sequence[int], band: tuple[int, int] = (0, 63), bits: int = 0) -> bytes:
    """The header of a scan. band: first and last coefficient."""
    parts = b"".join(bytes([number, 0]) for number in channels)
    return segment(0xDA, bytes([len(channels)]) + parts + bytes([*band, bits]))


def black_jpeg(
    width: int,
    height: int,
    channels: int = 1,
    *,
    sampling: int = 0x11,
    is_split: bool = False,
    rows: int | None = None,
) -> bytes:
    """A baseline JPEG. is_split: one scan for each channel. rows: of blocks that are stored."""
    blocks = -(-width // 8) * (rows or -(-height // 8))
    tables = segment(0xDB, b"\0" + b"\1" * 64) + segment(0xC4, DC_TABLE + AC_TABLE)
    content = START + tables + frame(0xC0, height, width, channels, sampling)
    numbers = range(1, channels + 1)
    for group in [[number] for number in numbers] if is_split else [list(numbers)]:
        content += scan(group) + bytes(blocks * len(group) // 4 + 1)  # two bits a block
    return content + END


def progressive(width: int, height: int, scans: int, between: bytes = b"") -> bytes:
    """A progressive grey JPEG. between: segments between its scans."""
    blocks = -(-width // 8) * -(-height // 8)
    run = b"\x7f\xff\x00"  # the code 0 and 14 bits; FF is followed by 00
    band = scan([1], (1, 63)) + run * (blocks // RUN_LENGTH + 1)
    tables = segment(0xDB, b"\0" + b"\1" * 64) + segment(0xC4, DC_TABLE + END_OF_BAND_RUN)
    first = scan([1], (0, 0)) + bytes(blocks // 8 + 1)
    return (
        START + tables + frame(0xC2, height, width) + first + (between + band) * (scans - 1) + END
    )


def hidden(jpeg: bytes, small: int = 64) -> bytes:
    """The JPEG behind FF 00, which libjpeg skips, and a small frame, which it does not see."""
    at = max(jpeg.find(b"\xff\xc0"), jpeg.find(b"\xff\xc2"))
    end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    comment = segment(0xFE, frame(0xC0, small, small) + scan([1])[:4])
    jump = jpeg[at:end] + comment[:4]
    return (
        jpeg[:at] + b"\xff\0" + struct.pack(">H", len(jump) + 2) + jump + comment[4:] + jpeg[end:]
    )


def hostile_exif() -> bytes:
    """EXIF with a directory of 65535 entries, each with a text of 4 GB at the end of the data."""
    entry = struct.pack("<HHII", 0x010F, 2, 2**32 - 1, 2**32 - 8)
    loop = struct.pack("<I", 8)
    return b"Exif\0\0II*\0" + loop + struct.pack("<H", 65_535) + entry * 5000 + loop
