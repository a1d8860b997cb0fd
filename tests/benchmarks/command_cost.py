"""CPU time and peak memory of whole commands, compared to `python -c pass` in the same run."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.process_memory import of_kilobytes

ROOT = Path(__file__).resolve().parents[2]
PHOTO = ROOT / "tests" / "data" / "eileen_collins.jpg"
MOODPI = Path(sys.executable).with_name("moodpi")
ROUNDS = 15


@dataclass(frozen=True)
class Cost:
    """CPU time (user and system) in seconds and peak resident memory in units of 10**6 bytes."""

    seconds: float
    megabytes: float


def measure() -> Iterator[str]:
    """One row for each command. Runs are interleaved: a change of clock speed affects all."""
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "moodpi --version": [str(MOODPI), "--version"],
        "moodpi --help": [str(MOODPI), "--help"],
        "moodpi recommend --emotion happy": [str(MOODPI), "recommend", "--emotion", "happy"],
        "moodpi recommend PHOTO": [str(MOODPI), "recommend", str(PHOTO)],
    }
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            costs[name].append(_cost_of(command))
    base = _median(costs["python -c pass"])
    for name, measured in costs.items():
        seconds = _median(measured)
        memory = max(cost.megabytes for cost in measured)
        yield (
            f"{name:<34} {seconds * 1e3:7.1f} ms CPU (median of {ROUNDS})  "
            f"{seconds / base:5.1f} x python -c pass  {memory:6.1f} MB peak"
        )


def _median(costs: list[Cost]) -> float:
    return statistics.median(cost.seconds for cost in costs)


def _cost_of(command: list[str]) -> Cost:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    child = os.posix_spawn(
        command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, nowhere, 1)]
    )
    os.close(nowhere)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed with status {status}")
    return Cost(usage.ru_utime + usage.ru_stime, of_kilobytes(usage.ru_maxrss))
