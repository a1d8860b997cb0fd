"""Returning freed memory, tested on a process that frees large blocks."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

FREEING = """
import re, sys
from edge.system.freed_memory import return_freed_memory

def resident():
    return int(re.search(r"RssAnon:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1000

if sys.argv[1] == "return":
    return_freed_memory()
before = resident()
for _ in range(3):
    upload = b"x" * 10_000_000
    del upload
print(resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="not applicable: needs glibc")
def test_freed_memory_is_returned_after_a_large_block_too() -> None:
    assert _retained_megabytes("keep") > 5
    assert _retained_megabytes("return") < 3


def _retained_megabytes(choice: str) -> float:
    command = [sys.executable, "-c", FREEING, choice]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
