"""Targets of the recommender, measured in one run.

`python -m tests.studies.recommending_targets [--data FOLDER] [--rows 2000000]`

FOLDER holds the listeners' labels and the CSVs that the default catalogue was built of; what needs
them is said to be unmeasured without. `--rows` also builds a catalogue of that many made-up rows,
which takes minutes, and recommends from it beside the default one.
"""

from __future__ import annotations

import argparse
import itertools
import math
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from catalog.building.mood_model import MoodModel
from catalog.store import DEFAULT_CATALOG, Catalog
from edge.mood.affect import Affect
from edge.music.profile import FileHistory
from edge.music.recommendation import Recommendation
from edge.music.recommender import Recommender
from edge.music.strategies import DEFAULT_TARGETS
from models.emotions import EMOTIONS
from tests.benchmarks.catalogue_cost import Cost, cost_of
from tests.benchmarks.machine import describe
from tests.benchmarks.target import Target
from tests.process_memory import of_kilobytes
from tests.studies.many_tracks import write_rows
from tests.studies.recommendation_quality import compare, load

LABELS = "mood_valence_arousal_train.csv"
SOURCES = ("data_moods.csv", "spotify_songs.csv", "spotify_by_genre.csv")
DECADES = "hitpredictor_*.csv"
CALLS = 20
JOURNEYS = 200


def fitting(labels: Path) -> Iterator[Target]:
    """How well the lists match listeners' labels; recommendation_quality.py has the formulas."""
    found = compare(load(labels))

    def mean(figure: str) -> float:
        return float(np.mean([getattr(quality, figure) for quality in found.drawn]))

    each = [
        float(np.mean([quality.each[emotion] for quality in found.drawn]))
        for emotion in found.raw.each
    ]
    yield Target("projection on the target, mean of six emotions", mean("projection"), 0.68)
    yield Target("cosine", mean("cosine"), 0.95)
    yield Target("distance", mean("distance"), 0.32, at_least=False)
    yield Target("projection of the worst emotion", min(each), 0.2)
    yield Target("neutral's distance", mean("neutral"), 0.25, at_least=False)
    gain = mean("projection") - found.raw.projection
    yield Target(
        f"projection above raw valence and energy ({found.raw.projection:.3f})", gain, 0.12
    )


def variety(catalog: Catalog) -> Iterator[Target]:
    """Variety between emotions, calls and seeds."""
    recommender = Recommender(catalog)
    first = [
        recommender.recommend(Affect.from_emotion(emotion), seed=1).tracks for emotion in EMOTIONS
    ]
    lists = {tuple(choice.track.id for choice in tracks) for tracks in first}
    yield Target("7 emotions, seed 1: different lists", len(lists), 7)
    yield Target("distinct songs of 35", len({c.track.id for tracks in first for c in tracks}), 33)
    yield Target(
        "fewest artists in a list", min(len({c.track.artist_id for c in t}) for t in first), 5
    )
    yield Target(
        "20 calls with history, fewest distinct songs of 100",
        min(_with_history(recommender, emotion) for emotion in EMOTIONS),
        100,
    )
    by_seed = [
        len(_ids(recommender.recommend(Affect.from_emotion(emotion), seed=s) for s in range(CALLS)))
        for emotion in EMOTIONS
    ]
    yield Target("20 seeds without history, fewest distinct songs", min(by_seed), 40)
    yield Target("journeys with steps <= .5, ever nearer, of 200", _journeys(recommender), 190)


def _with_history(recommender: Recommender, emotion: str) -> int:
    affect = Affect.from_emotion(emotion)
    given = set()
    with (
        tempfile.TemporaryDirectory() as folder,
        FileHistory(Path(folder) / "listener.sqlite") as history,
    ):
        for _ in range(CALLS):
            ids = _ids([recommender.recommend(affect, history=history)])
            history.add(sorted(ids), emotion)
            given |= ids
    return len(given)


def _ids(lists: Iterator[Recommendation] | list[Recommendation]) -> set[str]:
    return {choice.track.id for one in lists for choice in one.tracks}


def _journeys(recommender: Recommender) -> int:
    kept = 0
    for seed in range(JOURNEYS):
        emotion = list(DEFAULT_TARGETS)[seed % len(DEFAULT_TARGETS)]
        goal = DEFAULT_TARGETS[emotion][1]
        tracks = recommender.recommend(Affect.from_emotion(emotion), "journey", seed=seed).tracks
        way = [(choice.track.valence, choice.track.arousal) for choice in tracks]
        left = [math.dist(point, goal) for point in way]
        steps = [math.dist(a, b) for a, b in itertools.pairwise(way)]
        kept += max(steps) <= 0.5 and all(a > b for a, b in itertools.pairwise(left))
    return kept


def reading(large: Path | None) -> Iterator[Target]:
    """The cost of opening and recommending, and its growth with the catalogue."""
    costs: list[Cost] = list(cost_of([DEFAULT_CATALOG, *([large] if large else [])]))
    yield Target(
        "recommend, default catalogue, p50", costs[0].p50 * 1e3, 1, at_least=False, unit=" ms"
    )
    for cost in costs[1:]:
        share = cost.p50 / costs[0].p50
        yield Target(
            f"recommend at {cost.tracks:,} tracks, times the default", share, 1.3, at_least=False
        )
    yield Target(
        "opening the catalogue, p50", costs[0].opening * 1e3, 5, at_least=False, unit=" ms"
    )
    yield Target("memory that takes", costs[0].growth, 5, at_least=False, unit=" MB")
    yield Target("tracks in the default catalogue", costs[0].tracks, 60_000)
    yield Target("its size", DEFAULT_CATALOG.stat().st_size / 1e6, 15, at_least=False, unit=" MB")


def building(data: Path) -> Iterator[Target]:
    """The cost of building the default catalogue in a child process; the fit of the mood tags."""
    sources = [*(data / name for name in SOURCES), *sorted(data.glob(DECADES))]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "built.sqlite"
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "moodpi", "catalog", "build", *map(str, sources)]
        subprocess.run([*command, "-o", str(output)], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = of_kilobytes(after.ru_maxrss)
    label = "building the default catalogue, processor time"
    yield Target(label, seconds, 10, at_least=False, unit=" s")
    yield Target("memory that takes at most", peak, 400, at_least=False, unit=" MB")
    fit = MoodModel.load().fit
    yield Target("mood tags, accuracy on unseen artists", fit["accuracy"], 0.80)
    yield Target("mood tags, macro F1", fit["macro_f1"], 0.78)


def main() -> None:
    """Print every row."""
    parser = argparse.ArgumentParser(description="The recommender's targets, measured.")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="labels and CSVs")
    parser.add_argument("--rows", type=int, metavar="N", help="also a catalogue of N made-up rows")
    arguments = parser.parse_args()
    print(describe())
    if arguments.data:
        _print(lambda: building(arguments.data))
        _print(lambda: fitting(arguments.data / LABELS))
    else:
        print("--   building and fitting are unmeasured: give --data FOLDER")
    with Catalog.open() as catalog:
        _print(lambda: variety(catalog))
    with tempfile.TemporaryDirectory() as folder:
        large = None
        if arguments.rows and arguments.data:
            large = _build_large(Path(folder), arguments.data, arguments.rows)
        else:
            print("--   a larger catalogue is unmeasured: give --data and --rows 2000000")
        _print(lambda: reading(large))


def _print(targets: Callable[[], Iterator[Target]]) -> None:
    for target in targets():
        print(target, flush=True)


def _build_large(folder: Path, data: Path, rows: int) -> Path:
    source, output = folder / "many.csv", folder / "many.sqlite"
    write_rows(source, data / "spotify_songs.csv", rows)
    command = [sys.executable, "-m", "moodpi", "catalog", "build", str(source), "-o", str(output)]
    subprocess.run(command, check=True, capture_output=True)
    return output


if __name__ == "__main__":
    main()
