"""The memory of the libraries that this process has loaded."""

from __future__ import annotations

import ctypes
import mmap
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

SMAPS = Path("/proc/self/smaps")
# A mapping of a library that cannot be written to: its first address, its end, and its path.
READ_ONLY_LIBRARY = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) r-[-x]p .* /.*\.so[.0-9]*$")
MAPPING = re.compile(r"^[0-9a-f]+-[0-9a-f]+ ")
# How much of it has been modified: relocated data is read-only, but no longer as in the file.
UNMODIFIED = re.compile(r"^Anonymous: +0 kB")

_libc = ctypes.CDLL(None, use_errno=True)
_libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


def release_library_pages() -> None:
    """Unmap the pages of libraries, most of which only their loading reads.

    Call it when everything is loaded. They stay in the system's page cache, which the kernel
    reclaims first, and a page that is read again is mapped again. Does nothing where the kernel
    does not state which pages are modified.

    Libraries stay mapped at their addresses. The mappings of other files do not: another thread
    can unmap one and get other memory at its address, whose content would be lost.
    """
    with suppress(OSError), SMAPS.open(encoding="utf-8", errors="replace") as lines:
        for start, end in unmodified_libraries(lines):
            _libc.madvise(start, end - start, mmap.MADV_DONTNEED)


def unmodified_libraries(lines: Iterable[str]) -> Iterator[tuple[int, int]]:
    """The first address and the end of each mapping of a library with the bytes of its file.

    lines: of /proc/PID/smaps (proc_pid_smaps(5)).
    """
    found: tuple[int, int] | None = None
    for line in lines:
        if MAPPING.match(line):
            match = READ_ONLY_LIBRARY.match(line)
            found = (int(match[1], 16), int(match[2], 16)) if match else None
        elif found and UNMODIFIED.match(line):
            yield found
