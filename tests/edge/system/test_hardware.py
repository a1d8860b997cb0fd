"""Readings of the hardware."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.system.hardware import celsius, instructions, throttled


def test_the_temperature_is_read_in_degrees_celsius(tmp_path: Path) -> None:
    sensor = tmp_path / "temp"
    sensor.write_text("48312\n")
    assert celsius(sensor) == pytest.approx(48.312)


@pytest.mark.parametrize("content", ["", "unknown", None])
def test_an_unreadable_sensor_has_no_temperature(tmp_path: Path, content: str | None) -> None:
    sensor = tmp_path / "temp"
    if content is not None:
        sensor.write_text(content)
    assert celsius(sensor) is None


def test_throttling_flags_are_listed() -> None:
    assert throttled(0) == "none"
    assert throttled(0x50005) == (
        "under-voltage now, throttled now, under-voltage since boot, throttled since boot"
    )


@pytest.mark.parametrize(
    ("cpuinfo", "names"),
    [
        ("flags\t\t: fpu sse2 avx2 avx512f avx512_vnni\n", ["AVX2", "AVX-512", "VNNI"]),
        ("Features\t: fp asimd crc32 asimddp cpuid\n", ["NEON", "dot product"]),
        ("flags\t\t: fpu sse2\n", []),
        ("", []),
    ],
)
def test_vector_instructions_are_named(cpuinfo: str, names: list[str]) -> None:
    assert instructions(f"processor\t: 0\n{cpuinfo}") == names
