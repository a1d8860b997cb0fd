"""The instructions of a frame on emulated 64-bit ARM, by stage, as docs/measured.md states them.

An emulator says nothing about time. It counts what a processor of a Pi 4 has to execute, and gives
the same number on every machine. After a change that is meant, copy the printed table to the page.
"""

from __future__ import annotations

import os
import re
import subprocess
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.portrait_film import FILMS, RATE
from tests.conftest import ROOT
from tests.installation.arm_system import ENVIRONMENT, ArmSystem
from tests.installation.debian_system import missing_requirements

TOOLS = ("qemu-aarch64", "gcc")
HERE = Path(__file__).parent
# Of the videos that the frame pipeline is timed on, so many frames.
SHOWN = ("moving", "empty")
FRAMES = 60
# The stages that staged_frames.py numbers from 1 on; 0 is what precedes the frames.
STAGES = (
    "the rest",
    "motion",
    "search of the whole frame",
    "search near a face",
    "classification",
    "mood",
)
TOLERANCE = 0.05

pytestmark = pytest.mark.workstation


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled plugin of the emulator."""
    if why := missing_requirements(*TOOLS):
        pytest.skip(why)
    library = tmp_path_factory.mktemp("plugin") / "instruction_count.so"
    source = HERE / "instruction_count.c"
    options = ("-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden")
    subprocess.run(["gcc", *options, "-o", library, source], check=True)
    return library


def instructions(arm: ArmSystem, plugin: Path, film: str) -> dict[str, float]:
    """Thousands of instructions a frame by stage, and in total."""
    np.save(arm.root / "frames.npy", [shot.grey for shot in islice(FILMS[film](), FRAMES)])
    (python,) = (arm.root / "usr" / "bin").glob("python3.[0-9]*[0-9]")
    site = f"/opt/moodpi/lib/{python.name}/site-packages"
    emulator: tuple[str | Path, ...] = ("qemu-aarch64", "-L", arm.root, "-plugin", plugin)
    done = subprocess.run(
        [
            *(*emulator, "-E", f"PYTHONPATH={site}"),
            *(python, HERE / "staged_frames.py", "/frames.npy", str(RATE)),
        ],
        env={**os.environ, **ENVIRONMENT, "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    counted = {int(a): int(b) for a, b in re.findall(r"instructions (\d+) (\d+)", done.stderr)}
    table = {
        name: counted.get(number, 0) / FRAMES / 1e3 for number, name in enumerate(STAGES, start=1)
    }
    return {**table, "total": sum(table.values())}


def row(name: str, values: list[float]) -> str:
    """A row of the table in docs/measured.md."""
    return f"| {name} | " + " | ".join(f"{value:,.0f}" for value in values) + " |"


def test_a_frame_takes_as_many_instructions_as_the_documentation_states(
    arm: ArmSystem, plugin: Path
) -> None:
    if arm.root.joinpath("etc/debian_version").read_text().split(".")[0] != "12":
        pytest.skip("not applicable: the figures are those of Debian 12")
    films = [instructions(arm, plugin, film) for film in SHOWN]
    table = {name: [film[name] for film in films] for name in (*STAGES, "total")}
    print(*(row(name, values) for name, values in table.items()), sep="\n")
    documented = re.search(
        r"^\| total \| ([\d,]+) \| ([\d,]+) \|$",
        (ROOT / "docs" / "measured.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert documented is not None
    expected = [float(figure.replace(",", "")) for figure in documented.groups()]
    assert table["total"] == pytest.approx(expected, rel=TOLERANCE)
