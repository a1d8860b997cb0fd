"""What a listener's taste, history and filters add to recommending, in process, side by side."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from catalog.filters import Filters
from catalog.store import Catalog
from edge.mood.affect import Affect
from edge.music.filters import TrackFilter
from edge.music.profile import FileHistory, ProfileStore, Taste, Verdict
from edge.music.profile.feedback import feedback_for_artists, feedback_for_tracks
from edge.music.recommender import Recommender
from models.emotions import EMOTIONS

ROUNDS = 40
WORDS = 300
PLAYED = 20_000


def measure() -> Iterator[str]:
    """One row a way of recommending; calls are interleaved so that a drifting machine favours none.

    The words are on random tracks, a third of them likes, and two banned artists; the history is
    of that many random tracks; the filters are those of the row's name.
    """
    with Catalog.open() as catalog, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "listener.sqlite"
        taste = _fill(path, catalog)
        plain, tasting = Recommender(catalog), Recommender(catalog, taste=taste)
        filters = Filters(years=(1980, 2009), popularity=30)
        filtering = Recommender(catalog, TrackFilter(filters))
        with FileHistory(path) as history:
            ways: dict[str, Callable[[Affect, int], object]] = {
                "recommend": lambda affect, seed: plain.recommend(affect, seed=seed),
                f"with {WORDS} likes, skips and bans": lambda affect, seed: tasting.recommend(
                    affect, seed=seed
                ),
                f"with these and {PLAYED:,} tracks played": lambda affect, seed: tasting.recommend(
                    affect, seed=seed, history=history
                ),
                "from 1980 to 2009, popularity 30": lambda affect, seed: filtering.recommend(
                    affect, seed=seed
                ),
                "noting a list in the history": lambda affect, seed: history.add(
                    [f"{seed:022}"] * 5, affect.emotion
                ),
            }
            yield from _rows(ways)


def _rows(ways: dict[str, Callable[[Affect, int], object]]) -> Iterator[str]:
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for seed in range(ROUNDS):
        for emotion in EMOTIONS:
            affect = Affect.from_emotion(emotion)
            for name, way in ways.items():
                start = time.perf_counter()
                way(affect, seed)
                taken[name].append(time.perf_counter() - start)
    base = statistics.median(taken["recommend"])
    for name, times in taken.items():
        p50 = statistics.median(times)
        yield f"{name:<40} p50 {p50 * 1e3:6.2f} ms  {p50 / base:5.1f} x recommend"


def _fill(path: Path, catalog: Catalog) -> Taste:
    random = Random(0)
    places = random.sample(range(1, len(catalog) + 1), PLAYED)
    tracks = catalog.tracks(places[:WORDS])
    with ProfileStore.open(path) as store:
        store.add_feedback(feedback_for_tracks(tracks[: WORDS // 3], Verdict.LIKE, catalog))
        store.add_feedback(feedback_for_tracks(tracks[WORDS // 3 :], Verdict.SKIP, catalog))
        store.add_feedback(feedback_for_artists(["Drake", "Queen"], Verdict.BAN))
        store.add_played([track.id for track in catalog.tracks(places)], "neutral")
        return Taste(store.feedback())


if __name__ == "__main__":
    for row in measure():
        print(row)
