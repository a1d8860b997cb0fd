"""A figure of the valence-arousal plane: density of tracks, emotions, and labelled songs."""

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
from models.palette import EMOTION_COLOURS, INK, PAPER
from moodpi.errors import MoodpiError

SUFFIXES = (".png", ".svg", ".pdf")
SIZE_INCHES, DPI = 8, 150
BINS = 48
# The end of the colour scale; 1 is the density of evenly spread tracks.
MAX_DENSITY = 4
MAX_SONGS = 16
TICKS = (-0.5, 0, 0.5)
# The smallest distance between two labels, in units of valence and arousal.
MIN_LABEL_DISTANCE = (0.44, 0.1)
# The height of an emotion's label above its point, in units of arousal.
EMOTION_LABEL_OFFSET = 0.05
MAX_LABEL_LENGTH = 34
# Begins the part of a name that a label omits.
REMARK = re.compile(r" [(\[-]|, ")
# The first character that matplotlib's font lacks: it has Latin, Greek and Cyrillic letters.
FIRST_MISSING_GLYPH = "\u0530"


def draw_plane(catalogue: Path | None, output: Path) -> None:
    """Draw a catalogue, by default the shipped one, into the image file `output`.

    Raises MoodpiError if the catalogue cannot be read or the image cannot be written.
    """
    if output.suffix.lower() not in SUFFIXES:
        raise MoodpiError(
            f"cannot draw {output}: expected a name that ends in {', '.join(SUFFIXES)}",
            code="unknown_image_format",
        )
    # matplotlib logs a warning when it builds its font cache on the first use.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    from matplotlib.figure import Figure

    with Catalog.open(DEFAULT_CATALOG if catalogue is None else catalogue) as catalog:
        figure = Figure(figsize=(SIZE_INCHES, SIZE_INCHES), layout="constrained", facecolor=PAPER)
        axes = figure.add_subplot()
        _draw_axes(axes)
        _draw_density(axes, catalog)
        _draw_emotions(axes)
        _draw_songs(axes, _labelled_songs(catalog))
        axes.set_title(
            f"{len(catalog):,} tracks by valence and arousal, and the emotions",
            loc="left",
            color=INK,
            fontsize=14,
            pad=12,
        )
    part = output.with_name(f"{output.name}.part{output.suffix}")
    try:
        figure.savefig(part, dpi=DPI)
        part.replace(output)
    except OSError as error:
        raise MoodpiError(
            f"cannot write {output}: {error.strerror}", code="not_writable"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _draw_axes(axes: Any) -> None:
    axes.set(xlim=(-0.95, 0.95), ylim=(-0.8, 1), aspect="equal", facecolor=PAPER)
    axes.set_xlabel("valence: unpleasant to pleasant", color=INK)
    axes.set_ylabel("arousal: calm to excited", color=INK)
    axes.set(xticks=TICKS, yticks=TICKS)
    axes.tick_params(colors=INK, length=0)
    axes.spines[:].set_visible(False)
    for line in (axes.axhline, axes.axvline):
        line(0, color=INK, linewidth=0.6, alpha=0.4, zorder=2)


def _draw_density(axes: Any, catalog: Catalog) -> None:
    from matplotlib.colors import PowerNorm

    points = np.array(catalog.query("SELECT valence, arousal FROM track")) / SCALE
    edges = np.linspace(-catalog.plane.extent, catalog.plane.extent, BINS + 1)
    counts, _, _ = np.histogram2d(points[:, 0], points[:, 1], bins=(edges, edges))
    density = counts.T / (len(points) / BINS**2)
    image = axes.imshow(
        density,
        origin="lower",
        extent=(edges[0], edges[-1], edges[0], edges[-1]),
        cmap="YlGnBu",
        norm=PowerNorm(0.5, vmin=0, vmax=MAX_DENSITY),
        interpolation="bilinear",
        zorder=1,
    )
    bar = axes.figure.colorbar(
        image, ax=axes, shrink=0.5, pad=0.02, extend="max", ticks=range(MAX_DENSITY + 1)
    )
    bar.set_label("density of tracks, 1 = even", color=INK)
    bar.ax.tick_params(colors=INK, length=0)
    bar.outline.set_visible(False)


def _draw_emotions(axes: Any) -> None:
    for emotion, (valence, arousal) in CIRCUMPLEX.items():
        axes.plot(
            valence,
            arousal,
            "o",
            markersize=11,
            color=EMOTION_COLOURS[emotion],
            markeredgecolor=PAPER,
            zorder=5,
        )
        axes.annotate(
            emotion,
            (valence, arousal),
            xytext=(0, 9),
            textcoords="offset points",
            ha="center",
            color=EMOTION_COLOURS[emotion],
            fontsize=12,
            fontweight="bold",
            path_effects=_outline(),
            zorder=6,
        )


def _draw_songs(axes: Any, tracks: Iterable[Track]) -> None:
    for track in tracks:
        axes.plot(track.valence, track.arousal, ".", markersize=5, color=INK, zorder=4)
        axes.annotate(
            _label(track),
            (track.valence, track.arousal),
            xytext=(0, -4),
            textcoords="offset points",
            ha="center",
            va="top",
            color=INK,
            fontsize=7,
            path_effects=_outline(),
            zorder=4,
        )


def _outline() -> list[Any]:
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.5, foreground=PAPER)]


def _label(track: Track) -> str:
    title, artist = (REMARK.split(name, maxsplit=1)[0] for name in (track.title, track.artist))
    name = f"{title} - {artist}"
    return name if len(name) <= MAX_LABEL_LENGTH else name[:MAX_LABEL_LENGTH].rstrip(" -")


def _labelled_songs(catalog: Catalog) -> Iterator[Track]:
    """The most popular tracks whose labels do not overlap, at most MAX_SONGS."""
    rows = catalog.query("SELECT place FROM track ORDER BY popularity DESC, place LIMIT 1000")
    tracks = {track.rowid: track for track in catalog.tracks(rowid for (rowid,) in rows)}
    labels = [(valence, arousal + EMOTION_LABEL_OFFSET) for valence, arousal in CIRCUMPLEX.values()]
    for (rowid,) in rows:
        track = tracks[rowid]
        if len(labels) == len(CIRCUMPLEX) + MAX_SONGS:
            return
        if _has_room(track, labels) and max(_label(track)) < FIRST_MISSING_GLYPH:
            labels.append((track.valence, track.arousal))
            yield track


def _has_room(track: Track, labels: Iterable[tuple[float, float]]) -> bool:
    """Whether a label at the track's point is far enough from the other labels."""
    across, up = MIN_LABEL_DISTANCE
    return all(
        abs(track.valence - valence) > across or abs(track.arousal - arousal) > up
        for valence, arousal in labels
    )
