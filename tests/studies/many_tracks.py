"""Time and memory for building and reading catalogues of up to millions of tracks.

`python -m tests.studies.many_tracks --rows spotify_songs.csv 80000 500000 2000000` makes that many
rows out of the real ones (new ids, features moved a little, other names; as many duplicates as
there are in the file), builds a catalogue of each, and recommends from it. With `--parquet`, the
rows are in a Parquet file with row groups of a million rows.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from tests.benchmarks.catalogue_cost import measure
from tests.benchmarks.machine import describe
from tests.process_memory import of_kilobytes

UNIT = ("danceability", "energy", "speechiness", "acousticness", "liveness", "valence")
JITTER = 0.04
# An artist keeps a name for so many copies of its songs, so that large catalogues have large
# discographies as well as many artists.
COPIES_OF_ARTIST = 4
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CONVERSION = """
import sys
from pyarrow import csv, parquet
parquet.write_table(csv.read_csv(sys.argv[1]), sys.argv[2], row_group_size=1_000_000)
"""
WORDS = ("Night", "River", "Gold", "Paper", "Winter", "Neon", "Stone", "Summer", "Glass", "Echo")


def main() -> None:
    """Print a row for each size, then the cost of reading."""
    parser = argparse.ArgumentParser(description="What catalogues of many tracks cost.")
    parser.add_argument("--rows", type=Path, required=True, metavar="CSV", help="the real rows")
    parser.add_argument("--folder", type=Path, help="where there is room; a temporary one if not")
    parser.add_argument("--parquet", action="store_true", help="build from Parquet")
    parser.add_argument("sizes", type=int, nargs="+")
    arguments = parser.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        built = []
        for size in arguments.sizes:
            source, output = folder / "many.csv", folder / f"{size}.sqlite"
            write_rows(source, arguments.rows, size)
            if arguments.parquet:
                source = _as_parquet(source)
            print(f"{size:>10,} rows  {_build(source, output)}", flush=True)
            source.unlink()
            built.append(output)
        for row in measure(built):
            print(row)


def write_rows(path: Path, real: Path, count: int) -> None:
    """Write `count` made-up rows in the schema of spotify_songs.csv; the same ones every time."""
    with real.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    random = Random(0)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        for number in range(count):
            copy, place = divmod(number, len(rows))
            writer.writerow(rows[place] | _changes(rows[place], copy, random))


def _changes(row: dict[str, str], copy: int, random: Random) -> dict[str, str]:
    """The fields in which copy number `copy` of a real row differs; copy 0 differs in features."""
    changes = {
        name: f"{min(1.0, max(0.0, float(row[name]) + random.gauss(0, JITTER))):.4g}"
        for name in UNIT
    }
    changes["loudness"] = f"{min(0.0, float(row['loudness']) + random.gauss(0, 1)):.3f}"
    if copy:
        changes["track_id"] = _identity(row["track_id"], copy)
        changes["track_name"] = f"{row['track_name']} {WORDS[copy % len(WORDS)]} {copy}"
        changes["track_artist"] = f"{row['track_artist']} {copy // COPIES_OF_ARTIST}"
        changes["track_album_name"] = f"{row['track_album_name']} {copy}"
    return changes


def _identity(identity: str, copy: int) -> str:
    number = int.from_bytes(hashlib.sha256(f"{identity} {copy}".encode()).digest())
    digits = []
    for _ in range(22):
        number, digit = divmod(number, len(BASE62))
        digits.append(BASE62[digit])
    return "".join(digits)


def _as_parquet(source: Path) -> Path:
    """The same table in Parquet, in place of the CSV."""
    output = source.with_suffix(".parquet")
    # In a process of its own: the peak memory of a child includes that of its parent.
    subprocess.run([sys.executable, "-c", _CONVERSION, source, output], check=True)
    source.unlink()
    return output


def _build(source: Path, output: Path) -> str:
    """Build in a child process, as the command does."""
    command = [sys.executable, "-m", "moodpi", "catalog", "build", str(source), "-o", str(output)]
    start = time.perf_counter()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    actions = [(os.POSIX_SPAWN_DUP2, nowhere, number) for number in (1, 2)]
    child = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    os.close(nowhere)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed with status {status}")
    seconds = usage.ru_utime + usage.ru_stime
    return (
        f"{seconds:6.1f} s CPU  {time.perf_counter() - start:6.1f} s in all  "
        f"{of_kilobytes(usage.ru_maxrss):5.0f} MB peak"
    )


if __name__ == "__main__":
    main()
