"""The first tracks of each mood, without and with the preference for popular ones.

`python -m tests.studies.first_tracks [--tracks N]`

For each emotion it prints the first twenty tracks (four lists of five, seeds 0 to 3, without
ratings or history), then a table of 100 lists: the share of tracks with a popularity above 50, the
share without a known one, their mean distance on the plane from the emotion, and the number of
different tracks in ten lists. `--tracks` also measures libraries of that many songs, drawn at
random from the catalogue.
"""

from __future__ import annotations

import argparse
import math
import statistics
from collections.abc import Sequence
from random import Random

from catalog.store import Catalog, Track
from edge.config.settings import RecommendSettings
from edge.mood.affect import Affect
from edge.music.recommender import Recommender
from models.emotions import CIRCUMPLEX, EMOTIONS
from moodpi.output import print_lines

SHOWN_LISTS, MEASURED_LISTS, LISTS_OF_TEN = 4, 100, 10
POPULAR = 50
LIBRARIES = 5
SETTINGS = (0.0, RecommendSettings.popularity, 1.0)


def lists(recommender: Recommender, emotion: str, count: int) -> list[list[Track]]:
    """The tracks of each list, with the seeds from 0."""
    affect = Affect.from_emotion(emotion)
    return [
        [item.track for item in recommender.recommend(affect, seed=seed).tracks]
        for seed in range(count)
    ]


def side_by_side(catalog: Catalog, emotion: str) -> list[str]:
    """The first tracks without the preference, and with the default, each with its popularity."""
    columns = [
        _joined(lists(Recommender(catalog, popularity=setting), emotion, SHOWN_LISTS))
        for setting in SETTINGS[:2]
    ]
    rows = [f"| {_name(a)} | {_name(b)} |" for a, b in zip(*columns, strict=True)]
    return [f"| {emotion}, popularity = {SETTINGS[0]} | {SETTINGS[1]} |", "|---|---|", *rows, ""]


def figures(recommender: Recommender, emotion: str) -> tuple[float, float, float, float]:
    """Share of popular tracks, share of unknown ones, distance, different tracks in ten lists."""
    measured = lists(recommender, emotion, MEASURED_LISTS)
    tracks = _joined(measured)
    point = CIRCUMPLEX[emotion]
    tens = [
        {track.id for one in measured[start : start + LISTS_OF_TEN] for track in one}
        for start in range(0, MEASURED_LISTS, LISTS_OF_TEN)
    ]
    return (
        statistics.mean((track.popularity or 0) > POPULAR for track in tracks),
        statistics.mean(track.popularity is None for track in tracks),
        statistics.mean(math.dist((track.valence, track.arousal), point) for track in tracks),
        statistics.mean(map(len, tens)),
    )


def table(name: str, recommenders: Sequence[Recommender]) -> list[str]:
    """A row for each emotion and their mean, each the mean over the recommenders."""
    rows = []
    for emotion in EMOTIONS:
        each = [figures(recommender, emotion) for recommender in recommenders]
        rows.append(tuple(map(statistics.mean, zip(*each, strict=True))))
    rows.append(tuple(map(statistics.mean, zip(*rows, strict=True))))
    return [
        f"| {name} | above {POPULAR} | unknown | distance | different in ten lists |",
        "|---|---|---|---|---|",
        *(
            f"| {emotion} | {popular:.0%} | {unknown:.0%} | {distance:.3f} | {different:.1f} |"
            for emotion, (popular, unknown, distance, different) in zip(
                (*EMOTIONS, "mean"), rows, strict=True
            )
        ),
        "",
    ]


def _joined(measured: list[list[Track]]) -> list[Track]:
    return [track for tracks in measured for track in tracks]


def _name(track: Track) -> str:
    popularity = "-" if track.popularity is None else track.popularity
    return f"{popularity} {track.title} - {track.artist}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="The first tracks of each mood.")
    parser.add_argument("--tracks", type=int, metavar="N", help="also libraries of so many songs")
    arguments = parser.parse_args()
    with Catalog.open() as catalog:
        for emotion in EMOTIONS:
            print_lines(*side_by_side(catalog, emotion))
        for setting in SETTINGS:
            print_lines(
                *table(f"popularity = {setting}", [Recommender(catalog, popularity=setting)])
            )
        if arguments.tracks:
            everything = range(1, len(catalog) + 1)
            libraries = [
                sorted(Random(number).sample(everything, arguments.tracks))
                for number in range(LIBRARIES)
            ]
            recommenders = [Recommender(catalog, playable=songs) for songs in libraries]
            print_lines(*table(f"{arguments.tracks:,} songs", recommenders))


if __name__ == "__main__":
    main()
