"""A first look at uploaded bytes: of a kind that is decoded, and all there."""

from __future__ import annotations

from edge.frontends.web.errors import HttpError
from edge.vision.photo import FORMATS, NotAnImageError, UndecodableError

# ISO/IEC 23008-12: the brands of phones' HEIC, and of AVIF, at byte 8 behind `ftyp`.
HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}
TIFF_MAGIC = (b"II*\0", b"MM\0*")
START_OF_SCAN = 0xDA
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
CUT_OFF = "the picture is cut off before its end: send it again"


def check_image(content: bytes) -> None:
    """Raises HttpError or a photo's error for what is not to be decoded at all."""
    if content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS:
        raise HttpError(
            415,
            "heic",
            f"this is a HEIC or AVIF picture: expected {FORMATS}: on an iPhone choose Settings, "
            "Camera, Formats, Most Compatible, or send a screenshot of it",
        )
    if content.startswith(b"\xff\xd8\xff"):
        whole = _jpeg_ends(content)
    elif content.startswith(PNG_MAGIC):
        whole = b"IEND" in content
    elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        whole = int.from_bytes(content[4:8], "little") + 8 <= len(content)
    elif content[:2] == b"BM":
        whole = int.from_bytes(content[2:6], "little") <= len(content)
    elif content[:4] in TIFF_MAGIC:
        whole = True  # a reader that follows its offsets finds out
    else:
        raise NotAnImageError(f"this is not a picture: expected {FORMATS}")
    if not whole:
        raise UndecodableError(CUT_OFF)


def _jpeg_ends(content: bytes) -> bool:
    """Whether the end-of-image marker follows a scan; inside one FF is never followed by D9.

    Segments before the scan are stepped over: a thumbnail in EXIF has an end of its own.
    """
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        if content[at + 1] == START_OF_SCAN:
            return content.find(b"\xff\xd9", at) > 0
        if content[at + 1] == 0xFF:  # fill bytes
            at += 1
            continue
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return False
