"""Memory of the running daemon, and its CPU time to the first classified frame.

`python -m tests.benchmarks.daemon_cost` prints both next to their targets. The camera is a real
stream on loopback that shows the bundled portrait. The user's own files are not read or written.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.machine import describe
from tests.benchmarks.portrait_film import PORTRAIT
from tests.benchmarks.target import Target
from tests.edge.portrait_camera import portrait_camera
from tests.process_memory import children, fields

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


def measure() -> Iterator[Target | str]:
    """The targets."""
    with TemporaryDirectory() as home:
        with portrait_camera(PORTRAIT) as url:
            memory = _memory(url, home)
        what = "the running daemon's resident memory"
        yield Target(what, memory.resident, MEMORY, at_least=False, unit=" MB")
        yield Target("and the most it ever was", memory.peak, MEMORY, at_least=False, unit=" MB")
        what = "with what its children do not share with it"
        together = memory.resident + memory.children
        yield Target(what, together, MEMORY, at_least=False, unit=" MB")
        yield f"     {memory.anonymous:.0f} MB of these are no pages of files"
        pictures = Path(home) / "pictures"
        pictures.mkdir()
        for number in range(PICTURES):
            shutil.copy(PORTRAIT, pictures / f"{number}.jpg")
        seconds = min(_processor_time(pictures, home) for _ in range(3))
        what = "start to first classified frame, processor time"
        yield Target(what, seconds, 1.0, at_least=False, unit=" s")


@dataclass(frozen=True)
class _Memory:
    """What a daemon uses after LIFE, in units of 10**6 bytes.

    resident: RSS, all pages that it maps. peak: the most it ever was. children: the pages that only
    its children map. A page that another program maps too does not count there: on a machine that
    runs other Python programs this is up to 2 MB too low. anonymous: the pages of all of them that
    the kernel cannot read from a file again.
    """

    resident: float
    peak: float
    children: float
    anonymous: float


def _memory(source: str, home: str) -> _Memory:
    command = [sys.executable, "-m", "moodpi", "run", "--source", source, "--player", "print"]
    with subprocess.Popen(
        command,
        cwd=home,
        env=_environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as daemon:
        time.sleep(LIFE)
        family = children(daemon.pid)
        memory = _Memory(
            resident=fields(daemon.pid, "VmRSS", "status"),
            peak=fields(daemon.pid, "VmHWM", "status"),
            children=sum(fields(child, r"Private_\w+") for child in family),
            anonymous=sum(fields(pid, "Anonymous") for pid in (daemon.pid, *family)),
        )
        daemon.terminate()
    return memory


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
