"""Zlib streams of any number of zeros, made at once."""

from __future__ import annotations

import functools
import zlib

BLOCK = 2**20
MODULUS = 65_521


def compressed_zeros(size: int) -> bytes:
    """The stream (RFC 1950): blocks of a megabyte, the rest, and the checksum of the zeros."""
    rest = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    checksum = (size % MODULUS) << 16 | 1
    return (
        b"\x78\xda"
        + _block() * (size // BLOCK)
        + rest.compress(bytes(size % BLOCK))
        + rest.flush()
        + checksum.to_bytes(4, "big")
    )


@functools.cache
def _block() -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(bytes(BLOCK)) + compressor.flush(zlib.Z_FULL_FLUSH)
