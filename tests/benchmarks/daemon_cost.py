"""Memory of the running daemon, and its CPU time to the first classified frame.

`python -m tests.benchmarks.daemon_cost` prints both next to their targets. The camera is a real
stream on loopback that shows the bundled portrait. The user's own files are not read or written.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.machine import describe
from tests.benchmarks.portrait_film import PORTRAIT
from tests.benchmarks.target import Target
from tests.edge.portrait_camera import portrait_camera

ROOT = Path(__file__).resolve().parents[2]
# How long the daemon lives before its memory is read, in seconds.
LIFE = 20.0
# A face counts from the third picture of a folder on, at five a second.
PICTURES = 3
# The target in megabytes.
MEMORY = 80


def main() -> None:
    """Print every row."""
    print(describe())
    for row in measure():
        print(row)


def measure() -> Iterator[Target]:
    """The targets."""
    with TemporaryDirectory() as home:
        with portrait_camera(PORTRAIT) as url:
            resident, peak, children = _memory(url, home)
        what = "the running daemon's resident memory"
        yield Target(what, resident, MEMORY, at_least=False, unit=" MB")
        yield Target("and the most it ever was", peak, MEMORY, at_least=False, unit=" MB")
        what = "with what its children do not share with it"
        yield Target(what, resident + children, MEMORY, at_least=False, unit=" MB")
        pictures = Path(home) / "pictures"
        pictures.mkdir()
        for number in range(PICTURES):
            shutil.copy(PORTRAIT, pictures / f"{number}.jpg")
        seconds = min(_processor_time(pictures, home) for _ in range(3))
        what = "start to first classified frame, processor time"
        yield Target(what, seconds, 1.0, at_least=False, unit=" s")


def _memory(source: str, home: str) -> tuple[float, float, float]:
    """Resident memory in megabytes after a while, its peak, and the children's private memory."""
    command = [sys.executable, "-m", "moodpi", "run", "--source", source, "--player", "print"]
    with subprocess.Popen(
        command,
        cwd=home,
        env=_environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as daemon:
        time.sleep(LIFE)
        status = Path(f"/proc/{daemon.pid}/status").read_text(encoding="utf-8")
        children = sum(map(_private, _children(daemon.pid)))
        daemon.terminate()
    found = [
        re.search(rf"^{name}:\s*(\d+) kB", status, re.MULTILINE) for name in ("VmRSS", "VmHWM")
    ]
    resident, peak = (int(one[1]) / 1024 for one in found if one)
    return resident, peak, children


def _children(pid: int) -> list[str]:
    """The processes that a process has started, in any thread."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [child for task in tasks for child in task.read_text(encoding="ascii").split()]


def _private(pid: str) -> float:
    """The memory in megabytes that a process shares with no other one."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return (
        sum(int(size) for size in re.findall(r"^Private_\w+:\s*(\d+) kB", rollup, re.MULTILINE))
        / 1024
    )


def _processor_time(pictures: Path, home: str) -> float:
    """CPU seconds (user and system) of a run that ends with the first face."""
    command = [sys.executable, "-m", "moodpi", "run", "--source", str(pictures), "--json"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, cwd=home, env=_environment(home), capture_output=True, text=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if '"faces": 1' not in done.stdout:
        raise SystemExit(f"no face counted: {done.stdout}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _environment(home: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOODPI")}
    return {**kept, "HOME": home, "XDG_CONFIG_HOME": home, "PYTHONPATH": str(ROOT)}


if __name__ == "__main__":
    main()
