"""The memory that this process has freed, and whether the system gets it back."""

from __future__ import annotations

import ctypes
from contextlib import suppress

# Blocks of at least this size are mapped one by one, and unmapped when they are freed; in bytes.
# A colour frame of 1280 by 720 pixels is smaller: the next frame reuses its memory.
LARGE_BLOCK = 4 * 1000 * 1000
# The free memory that each of the allocator's heaps may keep at its end, in bytes.
MAX_RETAINED = 4 * 1000 * 1000
# Of malloc.h, see mallopt(3).
M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3


def return_freed_memory() -> None:
    """Return freed memory to the system from now on, except a little per heap.

    By default, glibc raises both limits to the size of the largest block that was ever freed, and
    to twice that size: after one upload of 10 MB, each heap keeps up to 20 MB. Other C libraries
    have no such limits, and nothing is done.
    """
    with suppress(AttributeError):
        set_option = ctypes.CDLL(None).mallopt
        set_option(M_MMAP_THRESHOLD, LARGE_BLOCK)
        set_option(M_TRIM_THRESHOLD, MAX_RETAINED)
