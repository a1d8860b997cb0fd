"""The messages between PhotoDecoder and its worker: numbers only, one packet each."""

from __future__ import annotations

import struct
from dataclasses import astuple, dataclass
from enum import IntEnum
from typing import ClassVar, Self


class Outcome(IntEnum):
    """How the decoding of a photo ended."""

    DECODED = 0
    UNDECODABLE = 1
    OUT_OF_MEMORY = 2


@dataclass(frozen=True)
class _Message:
    """A packet with a fixed layout. Every field is an integer."""

    layout: ClassVar[struct.Struct]

    def pack(self) -> bytes:
        return self.layout.pack(*astuple(self))

    @classmethod
    def unpack(cls, packet: bytes) -> Self:
        """Raises struct.error for a packet of another length."""
        return cls(*cls.layout.unpack(packet))


@dataclass(frozen=True)
class Ready(_Message):
    """The worker is ready for photos. has_filter: whether its system calls are filtered."""

    layout = struct.Struct("<?")
    has_filter: bool


@dataclass(frozen=True)
class Request(_Message):
    """Decode the first `size` bytes of the content to so many pixels."""

    layout = struct.Struct("<QQ?")
    size: int
    pixels: int
    is_heif: bool


@dataclass(frozen=True)
class Reply(_Message):
    """The pixels are ready as [height, width], if the outcome is DECODED."""

    layout = struct.Struct("<BQQ")
    outcome: int
    height: int = 0
    width: int = 0
