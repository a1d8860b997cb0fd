"""What a photo may cost: the size of its content, its pixels and the memory to decode it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PhotoLimits:
    """The limits of one PhotoDecoder.

    Attributes:
        max_bytes: Size of a photo's content in bytes.
        max_pixels: Width times height. Some formats have a lower limit, see edge/photos/check.py.
        max_memory: Memory in bytes that the decoding process may allocate for one photo.

    """

    max_bytes: int
    max_pixels: int
    max_memory: int


# A photo on the command line: below 400 MB for both processes.
FILE_LIMITS = PhotoLimits(32_000_000, 110_000_000, 220_000_000)
# An upload: at most 200 MB above the idle page. A folder as a source: within the service's
# MemoryMax of 350 MB.
UPLOAD_LIMITS = PhotoLimits(10_000_000, 40_000_000, 120_000_000)
FOLDER_LIMITS = PhotoLimits(32_000_000, 40_000_000, 120_000_000)
# A picture of a camera of the network: the largest frame has 4096 x 4096 pixels.
CAMERA_LIMITS = PhotoLimits(16_000_000, 17_000_000, 120_000_000)
