"""Renders labelled MIDI files with several sound fonts, and measures the features.

`python -m training.songs.rendering LABELS.csv MIDI_FOLDER OUTPUT.npz FONT...` needs FluidSynth. It
renders each song with every sound font, and again with a random one in another key and another
loudness.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from edge.audio.decoder import WINDOW_SECONDS
from edge.audio.features import song_features
from edge.audio.spectrum import SAMPLE_RATE, Signal
from moodpi.files import write_atomic
from moodpi.output import print_progress

SEED = 5
# Semitones and FluidSynth's gains (0.2 by default) of the changed renderings.
KEYS, GAINS = (-4, -3, -2, 2, 3, 4), (0.05, 0.1, 0.4, 0.8)
MAX_SECONDS = 240
CHANNELS = 16


@dataclass(frozen=True)
class SongTable:
    """The features of all renderings.

    Attributes:
        features: float32 [songs, renderings, f]. The last rendering is the changed one.
        labels: [songs, 2], valence and arousal, the means over the listeners.
        series: The name of each song's series.
        fonts: The names of the sound fonts, in the order of the renderings.
        changed_fonts: The sound font of each changed rendering, as an index.
    """

    features: NDArray[np.float32]
    labels: NDArray[np.float64]
    series: NDArray[np.str_]
    fonts: NDArray[np.str_]
    changed_fonts: NDArray[np.int64]

    @classmethod
    def load(cls, path: Path) -> SongTable:
        """Read the file that this module writes."""
        with np.load(path) as arrays:
            return cls(**arrays)

    def save(self, path: Path) -> None:
        """Write the file."""
        with TemporaryDirectory() as folder:
            temporary = Path(folder, "songs.npz")
            np.savez_compressed(temporary, **vars(self))
            write_atomic({path: temporary.read_bytes()})


@dataclass(frozen=True)
class Change:
    """How a changed rendering differs. font: an index. key: in semitones. gain: the loudness."""

    font: int
    key: int
    gain: float


def render_table(labels: Path, folder: Path, fonts: Sequence[Path]) -> SongTable:
    """Render every song of the table with the columns file, series, valence and arousal."""
    with labels.open(encoding="utf-8", newline="") as stream:
        rows = sorted(csv.DictReader(stream), key=lambda row: row["file"])
    changes = list(_changes(len(rows), len(fonts)))
    features = []
    for number, (row, change) in enumerate(zip(rows, changes, strict=True), start=1):
        print_progress(f"{number} of {len(rows)} songs")
        song = folder / row["file"]
        renderings = [render(song, font) for font in fonts]
        renderings.append(render(song, fonts[change.font], change.key, change.gain))
        features.append([song_features(middle(signal)) for signal in renderings])
    return SongTable(
        np.array(features, np.float32),
        np.array([(float(row["valence"]), float(row["arousal"])) for row in rows]),
        np.array([row["series"] for row in rows]),
        np.array([font.stem for font in fonts]),
        np.array([change.font for change in changes]),
    )


def render(song: Path, font: Path, key: int = 0, gain: float = 0.2) -> Signal:
    """A MIDI file's sound, mono, at most MAX_SECONDS. key: in semitones higher."""
    with TemporaryDirectory() as folder:
        sound, commands = Path(folder, "sound"), Path(folder, "commands")
        # RPN 2, channel coarse tuning (MIDI 1.0): 64 is the written key.
        commands.write_text(
            "".join(f"cc {n} 101 0\ncc {n} 100 2\ncc {n} 6 {64 + key}\n" for n in range(CHANNELS)),
            encoding="ascii",
        )
        subprocess.run(
            [
                *("fluidsynth", "-niq", "-g", str(gain), "-o", "player.reset-synth=0"),
                *("-r", str(SAMPLE_RATE), "-O", "s16", "-T", "raw", "-F", sound),
                *("-f", commands, font, song),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        stereo = np.fromfile(sound, "<i2").reshape(-1, 2)[: MAX_SECONDS * SAMPLE_RATE]
    return (stereo.sum(axis=1, dtype=np.int32) // 2).astype(np.float32) / 32768


def middle(signal: Signal) -> Signal:
    """The part that edge.audio.decoder would decode."""
    length = int(WINDOW_SECONDS * SAMPLE_RATE)
    start = max((len(signal) - length) // 2, 0)
    return signal[start : start + length]


def _changes(songs: int, fonts: int) -> Iterator[Change]:
    generator = np.random.default_rng(SEED)
    for _ in range(songs):
        font = int(generator.integers(fonts))
        yield Change(font, int(generator.choice(KEYS)), float(generator.choice(GAINS)))


if __name__ == "__main__":
    labels_file, midi_folder, output, *font_files = map(Path, sys.argv[1:])
    render_table(labels_file, midi_folder, font_files).save(output)
