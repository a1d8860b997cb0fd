"""The cost of a listener's taste, history and filters when recommending, in one process."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from catalog.attribute_filter import AttributeFilter
from catalog.store import Catalog
from edge.mood.affect import Affect
from edge.music.profile import FileHistory, ProfileStore, Taste, Verdict
from edge.music.profile.feedback import feedback_for_artists, feedback_for_tracks
from edge.music.recommender import Recommender
from edge.music.track_filter import TrackFilter
from models.emotions import EMOTIONS

ROUNDS = 40
FEEDBACK_COUNT = 300
PLAYED_COUNT = 20_000


def measure() -> Iterator[str]:
    """One row for each case. Calls are interleaved: a change of clock speed affects all rows.

    The feedback is on random tracks, one third likes and two thirds skips, and bans two artists.
    The history contains random tracks.
    """
    with Catalog.open() as catalog, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "listener.sqlite"
        taste = _fill(path, catalog)
        plain, with_taste = Recommender(catalog), Recommender(catalog, taste=taste)
        attributes = AttributeFilter(years=(1980, 2009), min_popularity=30)
        filtered = Recommender(catalog, TrackFilter(attributes))
        with FileHistory(path) as history:
            cases: dict[str, Callable[[Affect, int], object]] = {
                "recommend": lambda affect, seed: plain.recommend(affect, seed=seed),
                f"with {FEEDBACK_COUNT} likes, skips and bans": lambda affect, seed: (
                    with_taste.recommend(affect, seed=seed)
                ),
                f"with these and {PLAYED_COUNT:,} tracks played": lambda affect, seed: (
                    with_taste.recommend(affect, seed=seed, history=history)
                ),
                "from 1980 to 2009, popularity 30": lambda affect, seed: filtered.recommend(
                    affect, seed=seed
                ),
                "adding a list to the history": lambda affect, seed: history.add(
                    [f"{seed:022}"] * 5, affect.emotion
                ),
            }
            yield from _rows(cases)


def _rows(cases: dict[str, Callable[[Affect, int], object]]) -> Iterator[str]:
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    for seed in range(ROUNDS):
        for emotion in EMOTIONS:
            affect = Affect.from_emotion(emotion)
            for name, case in cases.items():
                start = time.perf_counter()
                case(affect, seed)
                seconds[name].append(time.perf_counter() - start)
    base = statistics.median(seconds["recommend"])
    for name, times in seconds.items():
        p50 = statistics.median(times)
        yield f"{name:<40} p50 {p50 * 1e3:6.2f} ms  {p50 / base:5.1f} x recommend"


def _fill(path: Path, catalog: Catalog) -> Taste:
    random = Random(0)
    rowids = random.sample(range(1, len(catalog) + 1), PLAYED_COUNT)
    tracks = catalog.tracks(rowids[:FEEDBACK_COUNT])
    with ProfileStore.open(path) as store:
        store.add_feedback(
            feedback_for_tracks(tracks[: FEEDBACK_COUNT // 3], Verdict.LIKE, catalog)
        )
        store.add_feedback(
            feedback_for_tracks(tracks[FEEDBACK_COUNT // 3 :], Verdict.SKIP, catalog)
        )
        store.add_feedback(feedback_for_artists(["Drake", "Queen"], Verdict.BAN))
        store.add_played([track.id for track in catalog.tracks(rowids)], "neutral")
        return Taste(store.feedback())


if __name__ == "__main__":
    for row in measure():
        print(row)
