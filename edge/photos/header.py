"""What the header of a photo states, before any pixel is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["JPEG", "PNG", "WebP", "BMP", "TIFF", "HEIC"]


@dataclass(frozen=True)
class PhotoHeader:
    """The size of a photo and what decoding it costs.

    width and height: pixels. scratch_bytes: what the decoder allocates in addition to the grey
    picture. complete: False for a JPEG without its end, of which OpenCV decodes the beginning.
    """

    kind: Kind
    width: int
    height: int
    scratch_bytes: int
    complete: bool = True

    @property
    def pixels(self) -> int:
        """Width by height."""
        return self.width * self.height

    @property
    def decoding_bytes(self) -> int:
        """The memory that the decoder needs to decode the photo to a grey picture.

        The grey picture has one byte a pixel. A rotation by EXIF makes a copy of it, at a time when
        the other buffers of the decoder are free again.
        """
        return self.pixels + max(self.pixels, self.scratch_bytes)
