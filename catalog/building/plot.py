"""A picture of the plane: where the tracks are, where the emotions are, and some songs by name."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from catalog.schema import SCALE
from catalog.store import DEFAULT_CATALOG, Catalog, Track
from models.emotions import CIRCUMPLEX
from moodpi.errors import MoodpiError

FORMATS = (".png", ".svg", ".pdf")
INCHES, DOTS_PER_INCH = 8, 150
BINS = 48
MOST_CROWDED = 4
SONGS = 16
TICKS = (-0.5, 0, 0.5)
# How far apart songs are named, so that their names can be read.
ROOM_ACROSS, ROOM_UP = 0.44, 0.1
# How far above its point the middle of an emotion's name is.
LABEL_UP = 0.05
LONGEST_NAME = 34
# matplotlib's own font has Latin, Greek and Cyrillic letters.
BEYOND_FONT = "\u0530"
INK, PAPER, ACCENT = "#22303c", "#fbfaf7", "#c8452d"


def draw_plane(catalogue: Path | None, output: Path) -> None:
    """Draw the catalogue at `catalogue`, or the one that ships, into a picture file.

    Raises MoodpiError where the one cannot be read or the other not be written.
    """
    if output.suffix.lower() not in FORMATS:
        raise MoodpiError(
            f"cannot draw {output}: expected a name that ends in {', '.join(FORMATS)}"
        )
    # Its first use on a machine is announced as a warning.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    from matplotlib.figure import Figure

    with Catalog.open(DEFAULT_CATALOG if catalogue is None else catalogue) as catalog:
        figure = Figure(figsize=(INCHES, INCHES), layout="constrained", facecolor=PAPER)
        axes = figure.add_subplot()
        _frame(axes)
        _density(axes, catalog)
        _emotions(axes)
        _songs(axes, _named(catalog))
        axes.set_title(
            f"{len(catalog):,} tracks where listeners would place them, and the emotions",
            loc="left",
            color=INK,
            fontsize=14,
            pad=12,
        )
    aside = output.with_name(f"{output.name}.part{output.suffix}")
    try:
        figure.savefig(aside, dpi=DOTS_PER_INCH)
        aside.replace(output)
    except OSError as error:
        raise MoodpiError(f"cannot write {output}: {error.strerror}") from error
    finally:
        aside.unlink(missing_ok=True)


def _frame(axes: Any) -> None:
    axes.set(xlim=(-0.95, 0.95), ylim=(-0.8, 1), aspect="equal", facecolor=PAPER)
    axes.set_xlabel("valence: unpleasant to pleasant", color=INK)
    axes.set_ylabel("arousal: calm to excited", color=INK)
    axes.set(xticks=TICKS, yticks=TICKS)
    axes.tick_params(colors=INK, length=0)
    axes.spines[:].set_visible(False)
    for line in (axes.axhline, axes.axvline):
        line(0, color=INK, linewidth=0.6, alpha=0.4, zorder=2)


def _density(axes: Any, catalog: Catalog) -> None:
    from matplotlib.colors import PowerNorm

    points = np.array(catalog.query("SELECT valence, arousal FROM track")) / SCALE
    edges = np.linspace(-catalog.plane.extent, catalog.plane.extent, BINS + 1)
    counts, _, _ = np.histogram2d(points[:, 0], points[:, 1], bins=(edges, edges))
    crowding = counts.T / (len(points) / BINS**2)
    image = axes.imshow(
        crowding,
        origin="lower",
        extent=(edges[0], edges[-1], edges[0], edges[-1]),
        cmap="YlGnBu",
        norm=PowerNorm(0.5, vmin=0, vmax=MOST_CROWDED),
        interpolation="bilinear",
        zorder=1,
    )
    bar = axes.figure.colorbar(
        image, ax=axes, shrink=0.5, pad=0.02, extend="max", ticks=range(MOST_CROWDED + 1)
    )
    bar.set_label("tracks, 1 = as many as if spread evenly", color=INK)
    bar.ax.tick_params(colors=INK, length=0)
    bar.outline.set_visible(False)


def _emotions(axes: Any) -> None:
    for emotion, (valence, arousal) in CIRCUMPLEX.items():
        axes.plot(
            valence, arousal, "o", markersize=11, color=ACCENT, markeredgecolor=PAPER, zorder=5
        )
        axes.annotate(
            emotion,
            (valence, arousal),
            xytext=(0, 9),
            textcoords="offset points",
            ha="center",
            color=ACCENT,
            fontsize=12,
            fontweight="bold",
            path_effects=_halo(),
            zorder=6,
        )


def _songs(axes: Any, tracks: Iterable[Track]) -> None:
    for track in tracks:
        axes.plot(track.valence, track.arousal, ".", markersize=5, color=INK, zorder=4)
        axes.annotate(
            _short(track),
            (track.valence, track.arousal),
            xytext=(0, -4),
            textcoords="offset points",
            ha="center",
            va="top",
            color=INK,
            fontsize=7,
            path_effects=_halo(),
            zorder=4,
        )


def _halo() -> list[Any]:
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.5, foreground=PAPER)]


def _short(track: Track) -> str:
    title, artist = (re.split(r" [(\[-]|, ", name)[0] for name in (track.title, track.artist))
    name = f"{title} - {artist}"
    return name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME].rstrip(" -")


def _named(catalog: Catalog) -> Iterator[Track]:
    """The best known tracks of the whole plane, each with room for its name."""
    rows = catalog.query("SELECT place FROM track ORDER BY popularity DESC, place LIMIT 1000")
    tracks = {track.rowid: track for track in catalog.tracks(place for (place,) in rows)}
    taken = [(valence, arousal + LABEL_UP) for valence, arousal in CIRCUMPLEX.values()]
    for (place,) in rows:
        track = tracks[place]
        room = len(taken) < len(CIRCUMPLEX) + SONGS and _has_room(track, taken)
        if room and max(_short(track)) < BEYOND_FONT:
            taken.append((track.valence, track.arousal))
            yield track


def _has_room(track: Track, taken: Iterable[tuple[float, float]]) -> bool:
    return all(
        abs(track.valence - valence) > ROOM_ACROSS or abs(track.arousal - arousal) > ROOM_UP
        for valence, arousal in taken
    )
