"""Anonymous memory that two processes map: the content of a photo, and its pixels.

Python's mmap module would hold a descriptor as long as the mapping, so this calls mmap(2) itself.
"""

from __future__ import annotations

import ctypes
import fcntl
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import numpy as np
from numpy.typing import NDArray

# Of each block, this many bytes stay allocated after a photo: a page that was used before needs no
# page fault, which makes a photo of 12 megapixels 10 ms faster.
RETAINED_BYTES = 16 * 1024 * 1024
FAILED = ctypes.c_void_p(-1).value

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, *(ctypes.c_int,) * 3, ctypes.c_long)
_libc.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
_libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


class SharedMemory:
    """A mapped block of bytes. Its pages are allocated when they are first used."""

    def __init__(self, descriptor: int, size: int, *, writable: bool = True) -> None:
        """Map a block of create_block. The descriptor may be closed afterwards."""
        protection = mmap.PROT_READ | (mmap.PROT_WRITE if writable else 0)
        address = _libc.mmap(None, size, protection, mmap.MAP_SHARED, descriptor, 0)
        if address == FAILED:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        self._address = address
        self._size = size
        memory = memoryview((ctypes.c_uint8 * size).from_address(address))
        self.array: NDArray[np.uint8] = np.frombuffer(memory, np.uint8)
        self.array.flags.writeable = writable

    def release(self) -> None:
        """Free the pages beyond RETAINED_BYTES, in all processes. Their content is lost."""
        more = self._size - RETAINED_BYTES
        if more > 0:
            _libc.madvise(self._address + RETAINED_BYTES, more, mmap.MADV_REMOVE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        """Remove the mapping. No view of the array may be in use."""
        del self.array
        _libc.munmap(self._address, self._size)


def whole_pages(size: int) -> int:
    """The size, rounded up to whole pages."""
    return size + -size % mmap.PAGESIZE


@contextmanager
def create_block(size: int) -> Iterator[int]:
    """The descriptor of a new block of `size` bytes, whose size no process can change."""
    descriptor = os.memfd_create("photo", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(descriptor, size)
        seals = fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def read_only(descriptor: int) -> Iterator[int]:
    """Another descriptor of a block, which can be mapped only for reading."""
    reopened = os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield reopened
    finally:
        os.close(reopened)
