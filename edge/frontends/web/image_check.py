"""A check of uploaded bytes before they are decoded: a supported format, and complete."""

from __future__ import annotations

from edge.frontends.web.errors import HttpError
from edge.photos.errors import FORMATS, NotAnImageError, UndecodableError

# ISO/IEC 23008-12: the brands of HEIC and AVIF, at byte 8 after `ftyp`.
HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}
TIFF_MAGIC = (b"II*\0", b"MM\0*")
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
JPEG_START_OF_SCAN = 0xDA


def check_image(content: bytes) -> None:
    """Raise HttpError, NotAnImageError or UndecodableError for an upload that cannot be decoded."""
    if content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS:
        raise HttpError(
            "heic",
            f"the photo is in HEIC or AVIF format: expected {FORMATS}: on an iPhone choose "
            "Settings, Camera, Formats, Most Compatible, or send a screenshot of the photo",
        )
    if content.startswith(b"\xff\xd8\xff"):
        complete = _jpeg_ends(content)
    elif content.startswith(PNG_MAGIC):
        complete = b"IEND" in content
    elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        complete = int.from_bytes(content[4:8], "little") + 8 <= len(content)
    elif content[:2] == b"BM":
        complete = int.from_bytes(content[2:6], "little") <= len(content)
    elif content[:4] in TIFF_MAGIC:
        complete = True  # the decoder follows the offsets and fails if one is out of range
    else:
        raise NotAnImageError(f"not an image: expected {FORMATS}")
    if not complete:
        raise UndecodableError("the photo is truncated: send it again")


def _jpeg_ends(content: bytes) -> bool:
    """Whether an end-of-image marker follows the first scan.

    Segments before the scan are skipped, because an EXIF thumbnail has an end-of-image marker of
    its own. Inside a scan FF is never followed by D9.
    """
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        if content[at + 1] == JPEG_START_OF_SCAN:
            return content.find(b"\xff\xd9", at) > 0
        if content[at + 1] == 0xFF:  # fill bytes
            at += 1
            continue
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return False
