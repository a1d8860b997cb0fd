"""Releasing the pages of libraries, tested on processes that use them."""

from __future__ import annotations

import ctypes
import mmap
import subprocess
import sys
from pathlib import Path

from edge.system.library_pages import release_library_pages, unmodified_libraries

OPENCV = """
import re
import cv2, numpy as np
from edge.system.library_pages import release_library_pages

def resident():
    return int(re.search(r"Rss: +([0-9]+)", open("/proc/self/smaps_rollup").read())[1])

def use():
    picture = np.arange(64 * 64, dtype=np.uint8).reshape(64, 64)
    return cv2.imencode(".jpg", cv2.resize(picture, (48, 48)))[1].tobytes()

before, encoded = resident(), use()
release_library_pages()
after = resident()
assert use() == encoded
print(before, after)
"""


def test_libraries_take_less_memory_and_work_as_before() -> None:
    command = [sys.executable, "-c", OPENCV]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert after < before


def test_a_modified_page_of_a_library_keeps_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "data.so"
    path.write_bytes(b"a" * mmap.PAGESIZE)
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE) as mapped:
        mapped[:1] = b"b"
        address = ctypes.addressof(ctypes.c_char.from_buffer(mapped))
        # As the linker does with the data that it has relocated.
        protect = ctypes.CDLL(None).mprotect
        assert protect(ctypes.c_void_p(address), mmap.PAGESIZE, mmap.PROT_READ) == 0
        release_library_pages()
        assert mapped[:2] == b"ba"


def test_only_unmodified_read_only_mappings_of_libraries_are_chosen() -> None:
    modified = "Anonymous:          {} kB"
    lines = [
        *("1000-2000 r--p 00000000 fe:00 7   /lib/a.so", modified.format(0)),
        *("2000-5000 r-xp 00001000 fe:00 7   /lib/a.so", "Rss: 12 kB", modified.format(0)),
        *("5000-6000 r--p 00004000 fe:00 7   /lib/a.so", modified.format(4)),
        *("6000-7000 rw-p 00005000 fe:00 7   /lib/a.so", modified.format(0)),
        *("7000-8000 r--p 00000000 00:00 0", modified.format(0)),
        *("8000-9000 r-xp 00000000 00:00 0   [vdso]", modified.format(0)),
        *("9000-a000 ---p 00000000 fe:00 7   /lib/a.so", modified.format(0)),
        *("a000-b000 r-xp 00000000 fe:00 9   /my venv/libb-1a.so.3.2\n", modified.format(0)),
        # These can be unmapped at any time: what lies there next is not to be lost.
        *("b000-c000 r--s 00000000 00:01 9   /memfd:picture (deleted)", modified.format(0)),
        *("c000-d000 r--p 00000000 fe:00 9   /etc/ld.so.cache", modified.format(0)),
        *("d000-e000 r--s 00000000 00:0b 9   /dmabuf:", modified.format(0)),
    ]
    chosen = [(0x1000, 0x2000), (0x2000, 0x5000), (0xA000, 0xB000)]
    assert list(unmodified_libraries(lines)) == chosen
