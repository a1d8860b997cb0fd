"""The memory of a process and its children, as the kernel shares it out (PSS)."""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SAMPLE_INTERVAL = 0.005


@dataclass(frozen=True)
class Finished:
    """A command that ended. peak_megabytes: of all its processes together."""

    exit_code: int
    stdout: str
    stderr: str
    peak_megabytes: float


def run_measured(command: list[str]) -> Finished:
    """Run a command and sample its memory until it ends."""
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        process = subprocess.Popen(command, stdout=stdout, stderr=stderr)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, megabytes(process.pid))
            time.sleep(SAMPLE_INTERVAL)
        stdout.seek(0)
        stderr.seek(0)
        return Finished(process.returncode, stdout.read().decode(), stderr.read().decode(), peak)


def megabytes(pid: int) -> float:
    """The memory of a process and of its children, in units of 10**6 bytes."""
    return sum(fields(each, "Pss") for each in (pid, *children(pid)))


def resident_megabytes(pid: int) -> float:
    """As `megabytes`, but with all of what a process shares (RSS)."""
    return sum(fields(each, "Rss") for each in (pid, *children(pid)))


def fields(pid: int, names: str, file: str = "smaps_rollup") -> float:
    """The sum of the fields of /proc/PID/FILE whose names match a pattern, in units of 10**6 bytes.

    0 for a process that has ended.
    """
    with suppress(OSError):
        text = Path(f"/proc/{pid}/{file}").read_text()
        found = re.findall(rf"^(?:{names}):\s+(\d+) kB", text, re.MULTILINE)
        return of_kilobytes(sum(map(int, found)))
    return 0.0


def of_kilobytes(count: int) -> float:
    """What the kernel counts as kB, which are 1024 bytes, in units of 10**6 bytes."""
    return count * 1024 / 1e6


def resident_share_of_libraries(smaps: str) -> float:
    """How much of the code of its libraries a process has mapped, 0..1.

    smaps: The text of /proc/PID/smaps.
    """
    code = r"^\S+ r-xp .* /.*\.so[.0-9]*\nSize: +(\d+) kB\n(?:.*\n){2}Rss: +(\d+) kB"
    mappings = re.findall(code, smaps, re.MULTILINE)
    sizes, resident = zip(*(map(int, mapping) for mapping in mappings), strict=True)
    return sum(resident) / sum(sizes)


def children(pid: int) -> list[int]:
    """The process ids of the children."""
    processes = (entry for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [int(each.name) for each in processes if _parent(each / "stat") == pid]


def _parent(stat: Path) -> int | None:
    with suppress(OSError):
        return int(stat.read_text().rpartition(")")[2].split()[1])
    return None
