"""The machine a figure was taken on, in one line."""

from __future__ import annotations

import os
import platform

from edge.system.hardware import CPUINFO, instructions, processor


def describe() -> str:
    """Processor with its vector instructions, cores, system and Python."""
    vectors = ", ".join(instructions(CPUINFO.read_text()))
    return (
        f"{processor()} ({vectors}), {os.cpu_count()} cores, {platform.machine()}, "
        f"{platform.system()}, Python {platform.python_version()}"
    )
