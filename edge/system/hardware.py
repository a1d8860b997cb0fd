"""Readings of the machine that moodpi runs on: board, processor, temperature, versions."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

BOARD = Path("/proc/device-tree/model")
CPUINFO = Path("/proc/cpuinfo")
PROCESSOR = re.compile(r"^(?:model name|Model|Hardware)\s*:\s*(.+)$", re.MULTILINE)
FEATURES = re.compile(r"^(?:flags|Features)\s*:\s*(.+)$", re.MULTILINE)
# The features of /proc/cpuinfo on which the speed of a model depends, by the names of their makers.
INSTRUCTIONS = {
    "avx2": "AVX2",
    "avx512f": "AVX-512",
    "avx_vnni": "AVX-VNNI",
    "avx512_vnni": "VNNI",
    "amx_int8": "AMX",
    "asimd": "NEON",
    "asimddp": "dot product",
    "i8mm": "I8MM",
}
FLAGS = re.compile(r"0x([0-9a-fA-F]{1,8})")
GOVERNOR = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
TEMPERATURE = Path("/sys/class/thermal/thermal_zone0/temp")
RUNTIMES = ("ai-edge-litert", "tflite-runtime", "onnxruntime", "opencv-python-headless", "numpy")
# The bits of `vcgencmd get_throttled` (Raspberry Pi documentation).
THROTTLING = {
    0: "under-voltage now",
    1: "frequency capped now",
    2: "throttled now",
    3: "soft temperature limit now",
    16: "under-voltage since boot",
    17: "frequency capped since boot",
    18: "throttled since boot",
    19: "soft temperature limit since boot",
}


def readings() -> dict[str, str]:
    """All readings by name; one that the machine does not report is left out."""
    named = {
        "board": _text(BOARD).strip("\0"),
        "processor": f"{processor()}, {os.cpu_count()} cores",
        "instructions": ", ".join(instructions(_text(CPUINFO))),
        "governor": _text(GOVERNOR),
        "temperature": temperature(),
        "throttling": throttling(),
        "system": f"{system_name()}, {platform.machine()}, Linux {platform.release()}",
        "python": platform.python_version(),
        "packages": ", ".join(_versions(RUNTIMES)),
    }
    return {name: value for name, value in named.items() if value}


def throttled(flags: int) -> str:
    """A readable list of the flags of `vcgencmd get_throttled`."""
    names = [name for bit, name in THROTTLING.items() if flags >> bit & 1]
    return ", ".join(names) or "none"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def instructions(cpuinfo: str) -> list[str]:
    """The vector instructions that decide how much faster int8 is than float32; `cpuinfo` is the
    content of /proc/cpuinfo.
    """
    match = FEATURES.search(cpuinfo)
    features = match[1].split() if match else []
    return [name for feature, name in INSTRUCTIONS.items() if feature in features]


def processor() -> str:
    """The processor's name, such as "Cortex-A76"."""
    match = PROCESSOR.search(_text(CPUINFO))
    return match[1] if match else platform.processor() or platform.machine()


def celsius(path: Path = TEMPERATURE) -> float | None:
    """The processor's temperature in degrees Celsius; None where the kernel reports none."""
    try:
        return int(path.read_text(encoding="ascii")) / 1000
    except (OSError, ValueError):
        return None


def temperature() -> str:
    """The processor's temperature with its unit; empty where the kernel reports none."""
    degrees = celsius()
    return "" if degrees is None else f"{degrees:.0f} C"


def throttling() -> str:
    """The throttling flags of a Raspberry Pi's firmware; empty on other machines."""
    try:
        output = subprocess.run(
            ("vcgencmd", "get_throttled"), capture_output=True, text=True, check=False, timeout=5
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    flags = FLAGS.search(output)
    return throttled(int(flags[1], 16)) if flags else ""


def system_name() -> str:
    """The name of the operating system, such as "Debian GNU/Linux 12 (bookworm)"."""
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        return platform.system()


def _versions(packages: Iterable[str]) -> Iterable[str]:
    for package in packages:
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            continue
