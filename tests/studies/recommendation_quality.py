"""How well lists match the mood, by listeners' labels, on artists not used for fitting.

`python -m tests.studies.recommendation_quality --labels mood_valence_arousal_train.csv`
(`--tracks 570`: as if no more than so many were known)

Each repetition cuts the labelled tracks into 10 folds by artist. The scoring model, with the
extent of the plane, is fitted on 9 folds and scores the tenth; the tenths together are ranked and
become a catalogue (of the folds' mean extent), and the recommender as it ships draws lists of 30
tracks from it, one an artist, without history, seeds 0.. . What is compared is the mean, over a
list, of the listeners' labels in z-scores over all labelled tracks: a point m. With t an emotion's
target on the circumplex, one unit of which is read as one deviation of the labels:

    projection = m . t / |t|        cosine = m . t / (|t| |m|)        distance = |m - t|

averaged over lists. `raw` is the 30 tracks nearest to t on (2 valence - 1, 2 energy - 1) of
Spotify's features, one an artist; `nearest` the same on the plane of the catalogue; `chance` any
30. A list of 30 has a standard error of 0.18 on each axis, so single lists scatter.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catalog.building.columns import FEATURES, LABELS
from catalog.building.labelled_tracks import assign_folds, read_labelled_tracks
from catalog.building.scoring_fit import FOLDS, fit, ranks
from catalog.building.staging import StagingDatabase
from catalog.building.writer import write_catalog
from catalog.store import Catalog
from edge.mood.affect import Affect
from edge.music.recommender import Recommender
from models.emotions import CIRCUMPLEX

COUNT = 30
REPETITIONS = 5
SEEDS = 20
SIX = tuple(emotion for emotion in CIRCUMPLEX if emotion != "neutral")

Matrix = NDArray[np.float64]
# The tracks of a list, as rows of the labelled tracks.
Lists = dict[str, list[list[int]]]


@dataclass(frozen=True)
class Labelled:
    """Tracks as read, raw features [n, f], listeners' z-scores [n, 2] and artists [n]."""

    tracks: pd.DataFrame
    features: Matrix
    labels: Matrix
    artists: NDArray[np.int64]


@dataclass(frozen=True)
class Quality:
    """projection, cosine, distance: means over the six emotions with a direction; each: their
    projections; neutral: its distance.
    """

    projection: float
    cosine: float
    distance: float
    each: dict[str, float]
    neutral: float


def load(path: Path) -> Labelled:
    """The labelled tracks, each song once."""
    tracks = read_labelled_tracks(path, LABELS).drop_duplicates("id").reset_index(drop=True)
    raw = tracks[list(LABELS)].to_numpy()
    return Labelled(
        tracks,
        tracks[list(FEATURES)].to_numpy(),
        (raw - raw.mean(axis=0)) / raw.std(axis=0),
        tracks["group"].to_numpy(),
    )


def score_unseen(data: Labelled, seed: int) -> tuple[Matrix, float]:
    """Each track's score [n, 2] by a model fitted without its artist; the mean extent."""
    folds = assign_folds(data.artists, FOLDS, seed)
    scores = np.empty_like(data.labels)
    extents = []
    for fold in range(FOLDS):
        held_out = folds == fold
        model = fit(
            data.features[~held_out],
            data.labels[~held_out],
            pd.factorize(data.artists[~held_out])[0],
        )
        scores[held_out] = model.score(data.features[held_out])
        extents.append(model.extent)
    return scores, float(np.mean(extents))


def write(data: Labelled, scores: Matrix, extent: float, folder: Path) -> Path:
    """A catalogue of the labelled tracks with these scores."""
    path = folder / "labelled.sqlite"
    path.unlink(missing_ok=True)
    (folder / "staging.sqlite").unlink(missing_ok=True)
    with StagingDatabase(folder / "staging.sqlite") as workspace:
        workspace.add(data.tracks)
        workspace.merge_ids()
        workspace.merge_songs()
        workspace.database.executemany(
            "INSERT INTO score SELECT seq, ?2, ?3, 0 FROM song WHERE id = ?1",
            zip(data.tracks["id"], *scores.T.tolist(), strict=True),
        )
        write_catalog(workspace.database, path, extent, {})
    return path


def recommend(path: Path, data: Labelled) -> Lists:
    """The recommender's lists from a catalogue of the labelled tracks."""
    row_of = dict(zip(data.tracks["id"], data.tracks.index, strict=True))
    lists: Lists = {}
    with Catalog.open(path) as catalog:
        recommender = Recommender(catalog)
        for emotion in CIRCUMPLEX:
            affect = Affect.from_emotion(emotion)
            chosen = [recommender.recommend(affect, count=COUNT, seed=s) for s in range(SEEDS)]
            lists[emotion] = [[row_of[choice.track.id] for choice in one.tracks] for one in chosen]
    return lists


def nearest(points: Matrix, artists: NDArray[np.int64]) -> Lists:
    """For each emotion the tracks nearest to its target, one for each artist."""
    lists: Lists = {}
    for emotion, target in CIRCUMPLEX.items():
        order = np.argsort(((points - target) ** 2).sum(axis=1), kind="stable")
        _, first = np.unique(artists[order], return_index=True)
        lists[emotion] = [order[np.sort(first)[:COUNT]].tolist()]
    return lists


def measure(lists: Lists, labels: Matrix) -> Quality:
    """The figures defined at the top of this module, for one set of lists."""
    figures = {}
    for emotion, point in CIRCUMPLEX.items():
        target = np.array(point)
        means = np.array([labels[rows].mean(axis=0) for rows in lists[emotion]])
        along = means @ target / (np.linalg.norm(target) or 1)
        distances = np.linalg.norm(means - target, axis=1)
        cosines = along / np.linalg.norm(means, axis=1)
        figures[emotion] = np.mean([along, cosines, distances], axis=1)
    mean = np.mean([figures[emotion] for emotion in SIX], axis=0)
    return Quality(
        projection=float(mean[0]),
        cosine=float(mean[1]),
        distance=float(mean[2]),
        each={emotion: float(figures[emotion][0]) for emotion in SIX},
        neutral=float(figures["neutral"][2]),
    )


@dataclass(frozen=True)
class Comparison:
    """One quality a repetition for the recommender and the plane, one for raw and for chance."""

    drawn: list[Quality]
    exact: list[Quality]
    raw: Quality
    chance: Quality
    extents: list[float]


def compare(data: Labelled) -> Comparison:
    """All methods of choosing, on the same tracks."""
    raw = 2 * data.features[:, [FEATURES.index("valence"), FEATURES.index("energy")]] - 1
    random = np.random.default_rng(0)
    chance = {
        emotion: [random.permutation(len(raw))[:COUNT].tolist() for _ in range(100)]
        for emotion in CIRCUMPLEX
    }
    drawn, exact, extents = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(REPETITIONS):
            scores, extent = score_unseen(data, seed)
            path = write(data, scores, extent, Path(folder))
            drawn.append(measure(recommend(path, data), data.labels))
            exact.append(measure(nearest(ranks(scores) * extent, data.artists), data.labels))
            extents.append(extent)
    return Comparison(
        drawn,
        exact,
        measure(nearest(raw, data.artists), data.labels),
        measure(chance, data.labels),
        extents,
    )


def table(data: Labelled) -> list[str]:
    """A row for each method of choosing, means over the repetitions."""
    found = compare(data)
    artists = len(np.unique(data.artists))
    extent = np.mean(found.extents)
    how = f"{FOLDS} folds by artist, {REPETITIONS} times; extent {extent:.3f}"
    return [
        f"{len(data.tracks):,} labelled tracks of {artists} artists, {how}",
        f"{'':<12}{'proj':>6}{'cos':>7}{'dist':>7}  "
        + "".join(f"{emotion:>9}" for emotion in SIX)
        + f"{'neutral dist':>14}",
        _row("recommender", found.drawn),
        _row("nearest", found.exact),
        _row("raw", [found.raw]),
        _row("chance", [found.chance]),
        _worst(found.drawn),
    ]


def some_artists(data: Labelled, tracks: int, seed: int = 0) -> Labelled:
    """At least `tracks` of the tracks, all those of artists drawn at random."""
    artists, sizes = np.unique(data.artists, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(artists))
    enough = int(np.searchsorted(np.cumsum(sizes[order]), tracks)) + 1
    rows = np.isin(data.artists, artists[order[:enough]])
    labels = data.labels[rows]
    return Labelled(
        data.tracks[rows].reset_index(drop=True),
        data.features[rows],
        (labels - labels.mean(axis=0)) / labels.std(axis=0),
        data.artists[rows],
    )


def _row(name: str, qualities: list[Quality]) -> str:
    projection, cosine, distance, neutral = np.mean(
        [(q.projection, q.cosine, q.distance, q.neutral) for q in qualities], axis=0
    )
    each = [np.mean([q.each[emotion] for q in qualities]) for emotion in SIX]
    return (
        f"{name:<12}{projection:>6.3f}{cosine:>7.3f}{distance:>7.3f}  "
        + "".join(f"{value:>9.2f}" for value in each)
        + f"{neutral:>14.3f}"
    )


def _worst(qualities: list[Quality]) -> str:
    return (
        "the worst repetition of the recommender: "
        f"projection {min(q.projection for q in qualities):.3f}, "
        f"cosine {min(q.cosine for q in qualities):.3f}, "
        f"distance {max(q.distance for q in qualities):.3f}, "
        f"one emotion {min(min(q.each.values()) for q in qualities):.2f}, "
        f"neutral {max(q.neutral for q in qualities):.3f}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="How fitting the lists are, by listeners' labels.")
    parser.add_argument("--labels", type=Path, required=True, metavar="CSV")
    parser.add_argument("--tracks", type=int, metavar="N", help="only so many, of whole artists")
    arguments = parser.parse_args()
    data = load(arguments.labels)
    for line in table(some_artists(data, arguments.tracks) if arguments.tracks else data):
        print(line)


if __name__ == "__main__":
    main()
