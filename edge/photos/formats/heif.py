"""HEIF (ISO/IEC 23008-12): detection of HEIC and AVIF by the brands of the file."""

from __future__ import annotations

BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}
MAX_BRANDS = 32


def is_heif(content: bytes) -> bool:
    """Whether the major brand or a compatible brand of the file is one of HEIF."""
    if content[4:8] != b"ftyp":
        return False
    end = min(int.from_bytes(content[:4], "big"), 16 + 4 * MAX_BRANDS)
    brands = {content[8:12], *(content[at : at + 4] for at in range(16, end, 4))}
    return not BRANDS.isdisjoint(brands)
