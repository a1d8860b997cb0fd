"""The cost of opening catalogues and recommending from them, in one process, in turn.

`python -m tests.benchmarks.catalogue_cost [FILE...]` measures the default catalogue and the others.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.store import DEFAULT_CATALOG, Catalog
from edge.mood.affect import Affect
from edge.music.recommender import Recommender
from models.emotions import EMOTIONS

SEEDS = 60
OPENINGS = 50
# In a process of its own, numpy loaded: what opening adds to the resident memory, in pages.
_GROWTH = """
import sys
from pathlib import Path
from catalog.store import Catalog
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1])
before = resident()
catalog = Catalog.open(Path(sys.argv[1]))
print(resident() - before)
"""
PAGE_MB = 4096 / 1e6


@dataclass(frozen=True)
class Cost:
    """p50, opening: seconds of processor time for one recommendation, and for opening. growth: MB
    of resident memory.
    """

    path: Path
    tracks: int
    p50: float
    opening: float
    growth: float


def cost_of(paths: list[Path]) -> Iterator[Cost]:
    """One cost for each catalogue. Calls are interleaved: a change of clock speed affects all."""
    catalogs = [Catalog.open(path) for path in paths]
    recommenders = [Recommender(catalog) for catalog in catalogs]
    affects = [Affect.from_emotion(emotion) for emotion in EMOTIONS]
    taken: list[list[float]] = [[] for _ in paths]
    for seed in range(SEEDS):
        for affect in affects:
            for recommender, times in zip(recommenders, taken, strict=True):
                start = time.process_time()
                recommender.recommend(affect, seed=seed)
                times.append(time.process_time() - start)
    for path, catalog, times in zip(paths, catalogs, taken, strict=True):
        yield Cost(path, len(catalog), statistics.median(times), _opening(path), _growth(path))


def measure(others: Sequence[Path] = ()) -> Iterator[str]:
    """One row for each catalogue, the default first."""
    costs = list(cost_of([DEFAULT_CATALOG, *others]))
    for cost in costs:
        yield (
            f"{cost.path.name:<18}{cost.tracks:>10,} tracks "
            f"{cost.path.stat().st_size / 1e6:7.1f} MB  "
            f"open {cost.opening * 1e3:5.2f} ms {cost.growth:4.1f} MB  "
            f"recommend p50 {cost.p50 * 1e3:5.2f} ms  {cost.p50 / costs[0].p50:4.2f} x default"
        )


def _opening(path: Path) -> float:
    times = []
    for _ in range(OPENINGS):
        start = time.process_time()
        catalog = Catalog.open(path)
        times.append(time.process_time() - start)
        catalog.close()
    return statistics.median(times)


def _growth(path: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _GROWTH, str(path)], capture_output=True, text=True, check=True
    )
    return int(done.stdout) * PAGE_MB


if __name__ == "__main__":
    for row in measure([Path(name) for name in sys.argv[1:]]):
        print(row)
