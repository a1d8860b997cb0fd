"""The disk space of moodpi on a Pi, by package, from the wheels for aarch64.

python -m tests.benchmarks.footprint [--python 3.11]

tests/benchmarks/daemon_cost.py measures its memory.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from pathlib import Path
from zipfile import ZipFile

from tests.installation.arm_system import fetch_aarch64_wheels
from tests.installation.conftest import build_wheels, checkout_copy

# The targets in MB on disk: simple_cnn, LiteRT and OpenCV alone, and with everything.
BASE_BAR, ALL_BAR = 260, 430
EXTRAS = "onnx,web,mpd,mpv,mqtt"


def main() -> None:
    """Download the wheels and sum their sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default="3.11", help="the Pi's: 3.11 or 3.13 (3.11)")
    python = parser.parse_args().python
    with tempfile.TemporaryDirectory() as room:
        print_packages(Path(room), python)


def print_packages(room: Path, python: str) -> None:
    """A row for each package, the totals, and what can be left out."""
    base_folder, all_folder = room / "base", room / "all"
    for folder, extras in ((base_folder, ""), (all_folder, EXTRAS)):
        build_wheels(checkout_copy(room / f"source-{folder.name}"), folder, "--no-deps")
        fetch_aarch64_wheels(folder, python, extras)
    base, everything = sizes(base_folder), sizes(all_folder)
    (own,) = base_folder.glob("moodpi-*.whl")
    print("| package (aarch64) | download, MB | on disk, MB |\n|---|---|---|")
    for name in sorted(everything, key=lambda name: -everything[name][1]):
        packed, unpacked = everything[name]
        extra = "" if name in base else " (extra)"
        print(f"| {name}{extra} | {packed / 1e6:.1f} | {unpacked / 1e6:.1f} |")
    other = weight(own, "models/(?!simple_cnn)")
    for words, chosen, less, bar in (
        ("everything", everything, (0, 0), ALL_BAR),
        ("the base", base, (0, 0), ALL_BAR),
        ("the base with simple_cnn alone", base, other, BASE_BAR),
    ):
        packed, unpacked = (
            sum(row[column] for row in chosen.values()) - less[column] for column in (0, 1)
        )
        verdict = "ok" if unpacked <= bar * 1e6 else "MISSED"
        print(f"{words}: {packed / 1e6:.0f} MB to fetch, {unpacked / 1e6:.0f} MB on disk", end="")
        print(f" (bar {bar}: {verdict})")
    _, onnx = weight(own, r"models/.*\.onnx")
    print(f"of these, ONNX files, which the default does not need: {onnx / 1e6:.0f} MB")


def sizes(folder: Path) -> dict[str, tuple[int, int]]:
    """Bytes of each wheel, and of its files once unpacked, by the name of the package."""
    return {
        wheel.name.partition("-")[0]: (wheel.stat().st_size, weight(wheel)[1])
        for wheel in folder.glob("*.whl")
    }


def weight(wheel: Path, of: str = "") -> tuple[int, int]:
    """Bytes of the wheel's files whose paths match the pattern `of`, packed and unpacked."""
    chosen = [entry for entry in ZipFile(wheel).infolist() if re.match(of, entry.filename)]
    return sum(entry.compress_size for entry in chosen), sum(entry.file_size for entry in chosen)


if __name__ == "__main__":
    main()
