"""What moodpi takes on a Pi: MB by package, unpacked from the wheels that its pip would bring.

python -m tests.bench.footprint [--python 3.11]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from zipfile import ZipFile

from tests.service.conftest import build_wheels, checkout_copy
from tests.service.test_arm64 import fetch_aarch64_wheels

# DESIGN.md's bars in MB on disk: simple_cnn, LiteRT and OpenCV alone, and with everything.
BASE_BAR, ALL_BAR = 260, 430
ONNX_ALONE = ("onnxruntime", "packaging")
LEFT_OUT = ("resnet50v2", ".onnx", "float32.tflite", "float16.tflite", "dynamic.tflite")


def main() -> None:
    """Fetch the wheels and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default="3.11", help="the Pi's: 3.11 or 3.13 (3.11)")
    python = parser.parse_args().python
    with tempfile.TemporaryDirectory() as room:
        source, wheels = Path(room) / "source", Path(room) / "wheels"
        build_wheels(checkout_copy(source), wheels, "--no-deps")
        fetch_aarch64_wheels(wheels, python)
        rows = [(wheel.name.partition("-")[0], *sizes(wheel)) for wheel in wheels.glob("*.whl")]
        (own,) = wheels.glob("moodpi-*.whl")
        spare = sum(
            entry.file_size
            for entry in ZipFile(own).infolist()
            if any(part in entry.filename for part in LEFT_OUT)
        )
    print("| package (aarch64) | download, MB | on disk, MB |\n|---|---|---|")
    for name, packed, unpacked in sorted(rows, key=lambda row: -row[2]):
        print(f"| {name} | {packed / 1e6:.1f} | {unpacked / 1e6:.1f} |")
    base = [row for row in rows if row[0] not in ONNX_ALONE]
    for words, chosen, less, bar in (
        ("everything, with the extra `onnx`", rows, 0, ALL_BAR),
        ("the base", base, 0, BASE_BAR),
        ("the base, with simple_cnn's int8.tflite alone", base, spare, BASE_BAR),
    ):
        packed, unpacked = (sum(row[column] for row in chosen) - less for column in (1, 2))
        verdict = "ok" if unpacked <= bar * 1e6 else "MISSED"
        print(f"{words}: {packed / 1e6:.0f} MB to fetch, {unpacked / 1e6:.0f} MB on disk", end="")
        print(f" (bar {bar}: {verdict})")


def sizes(wheel: Path) -> tuple[int, int]:
    """Bytes of the wheel, and of its files once unpacked."""
    return wheel.stat().st_size, sum(entry.file_size for entry in ZipFile(wheel).infolist())


if __name__ == "__main__":
    main()
