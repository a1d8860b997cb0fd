"""The interface of the walkers, one for each image format."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

from edge.photos.header import PhotoHeader


class StructureError(Exception):
    """The structure of a file is not that of its format. The message states what is wrong."""


class Walker(ABC):
    """Reads the structure of one file, without its pixels.

    read_header is called first, then check_body. Both raise StructureError. The number of their
    steps is limited; searches over the content run at the speed of bytes.find.
    """

    byte_order: Literal["big", "little"] = "big"
    signature: ClassVar[bytes]

    def __init__(self, content: bytes) -> None:
        self.content = content

    @classmethod
    def recognizes(cls, content: bytes) -> bool:
        """Whether OpenCV's decoder of this format opens the content."""
        return content.startswith(cls.signature)

    @abstractmethod
    def read_header(self) -> PhotoHeader:
        """The size, and what decoding costs."""

    @abstractmethod
    def check_body(self) -> bool:
        """Whether the content is complete. Raises StructureError if it cannot be decoded."""

    def integer(self, at: int, size: int) -> int:
        """The unsigned integer of `size` bytes at position `at`."""
        return int.from_bytes(self.part(at, size), self.byte_order)

    def part(self, at: int, size: int) -> bytes:
        """`size` bytes from position `at`."""
        self.expect(at + size)
        return self.content[at : at + size]

    def expect(self, end: int) -> None:
        """Raise StructureError if the content ends before the position `end`."""
        if end > len(self.content):
            raise StructureError(
                f"it is truncated: {len(self.content)} bytes, expected {end} or more"
            )
