"""Draws docs/mood.svg: what a scripted scene shows, each frame's top emotion, and the mood.

`python -m tests.pictures.mood FER2013.csv[.gz] FERPLUS_VOTES.csv` uses the first scene of
`python -m tests.studies.mood_targets` at 5 frames a second.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np

from edge.config.settings import MoodSettings
from edge.mood.tracker import MoodTracker
from models.emotions import EMOTIONS
from models.palette import EMOTION_COLOURS, INK, PAPER, SOFT
from moodpi.files import write_atomic
from tests.conftest import ROOT
from tests.studies.mood_sequences import sequences
from tests.studies.mood_targets import REPORTED_PART, REPORTED_SEED, Watched, watch_sequence

mpl.use("svg")
from matplotlib import pyplot as plt
from matplotlib.patches import Rectangle


def main() -> None:
    """Run the scene through the vision pipeline and draw it."""
    fer2013, votes = Path(sys.argv[1]), Path(sys.argv[2])
    scene = next(sequences(fer2013, votes, REPORTED_PART, minutes=1, seed=REPORTED_SEED))
    draw(ROOT / "docs" / "mood.svg", watch_sequence(scene)[5], MoodSettings())


def draw(path: Path, watched: Watched, settings: MoodSettings) -> None:
    """Three bands over time, as SVG: the script, the per-frame argmax, the mood."""
    tracker, mood = MoodTracker(settings), None
    frames, moods = [], []
    for time, probabilities in watched.looks:
        changed = tracker.update(probabilities, time)
        mood = changed.emotion if changed else mood if tracker.present else None
        seen = None if probabilities is None else EMOTIONS[int(np.argmax(probabilities))]
        frames.append((time, seen))
        moods.append((time, mood))
    script = [(segment.start, segment.emotion) for segment in watched.segments]
    figure, axes = plt.subplots(figsize=(9, 2.2), facecolor=PAPER)
    axes.set_facecolor(PAPER)
    axes.tick_params(colors=SOFT, labelcolor=INK, length=0)
    end = watched.segments[-1].end
    for row, band in enumerate((_changes(moods), _changes(frames), script)):
        for (begin, emotion), (until, _) in zip(band, [*band[1:], (end, None)], strict=True):
            if emotion:
                axes.barh(
                    row, until - begin, 0.8, begin, color=EMOTION_COLOURS[emotion], linewidth=0
                )
    axes.set_yticks(range(3), ("mood", "each frame", "shown"))
    axes.set_xlim(0, end)
    axes.set_xlabel("seconds", color=INK)
    handles = [Rectangle((0, 0), 1, 1, color=EMOTION_COLOURS[name]) for name in EMOTIONS]
    axes.legend(
        handles,
        EMOTIONS,
        ncol=7,
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        fontsize=8,
        frameon=False,
        labelcolor=INK,
    )
    axes.spines[:].set_visible(False)
    figure.tight_layout()
    stream = io.BytesIO()
    figure.savefig(stream, format="svg", metadata={"Date": None})
    plt.close(figure)
    write_atomic({path: stream.getvalue()})


def _changes(band: list[tuple[float, str | None]]) -> list[tuple[float, str | None]]:
    """Those of the moments at which it is not what it was the moment before."""
    before = [(0.0, "nothing"), *band]
    return [now for then, now in zip(before, band, strict=False) if now[1] != then[1]]


if __name__ == "__main__":
    main()
