"""An hour of `moodpi run` with a person who comes and goes, and MPD as the player.

`python -m tests.endurance.soak [MINUTES]` prints one line a minute. The film is made from the
bundled portrait, 45 s with a moving face and 15 s without, and is read at 15 frames a second. MPD
has a null output. It needs ffmpeg and mpd.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.machine import describe
from tests.benchmarks.portrait_film import empty, moving, write
from tests.edge.players.audio_files import make_silent_files, sample_tracks, write_music
from tests.edge.players.server_processes import MpdProcess
from tests.endurance.daemon_process import DaemonProcess, Sandbox
from tests.process_memory import megabytes, resident_megabytes

MINUTES = 60
MINUTE = 60.0
PRESENT, ABSENT = 45, 15
# Songs of the catalogue in the library of MPD.
SONGS = 200
COLUMNS = (
    *("minute", "RSS, MB", "PSS, MB", "anonymous, MB", "share of a core, %", "descriptors"),
    *("threads", "frames", "dropped", "changes of mood", "player"),
)


@dataclass(frozen=True)
class Sample:
    """What the daemon uses, its children included.

    resident, proportional, anonymous: RSS, PSS and the memory that is no file's (without children),
    in units of 10**6 bytes. processor: seconds since its start.
    """

    resident: float
    proportional: float
    anonymous: float
    processor: float
    descriptors: int
    threads: int


def main() -> None:
    """Make the film, start MPD and the daemon, and print the table."""
    minutes = int(sys.argv[1]) if sys.argv[1:] else MINUTES
    print(describe())
    with TemporaryDirectory() as folder:
        room = Path(folder)
        film = looped_film(room, minutes + 1)
        music = room / "music"
        silence = room / "silence"
        silence.mkdir()
        write_music(music, make_silent_files(silence), sample_tracks(SONGS, seed=1))
        mpd = MpdProcess(room / "mpd", music)
        mpd.start()
        configuration = f'[player]\nkind = "mpd"\nmpd = "{mpd.address}"\n'
        try:
            with Sandbox(room, configuration).running(
                *("--realtime", "--source", str(film))
            ) as daemon:
                daemon.wait_for("tracks")
                soak(daemon, minutes)
        finally:
            mpd.kill()


def looped_film(room: Path, minutes: int) -> Path:
    """A film of so many minutes; the picture repeats every minute."""
    parts = []
    for name, shots in (("face", moving(PRESENT)), ("empty", empty(ABSENT))):
        parts.append(write(room / f"{name}.avi", shots))
    listing = room / "parts.txt"
    listing.write_text("".join(f"file '{part}'\n" for part in parts))
    ffmpeg = ("ffmpeg", "-loglevel", "error", "-nostdin")
    minute, film = room / "minute.mp4", room / "film.mp4"
    compressed = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "28", "-pix_fmt", "yuv420p")
    concatenated = ("-f", "concat", "-safe", "0", "-i", str(listing))
    subprocess.run([*ffmpeg, *concatenated, *compressed, str(minute)], check=True)
    looped = ("-stream_loop", str(minutes - 1), "-i", str(minute), "-c", "copy")
    subprocess.run([*ffmpeg, *looped, str(film)], check=True)
    return film


def soak(daemon: DaemonProcess, minutes: int) -> None:
    """Print one row a minute."""
    print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
    started, before = time.monotonic(), take_sample(daemon)
    for minute in range(1, minutes + 1):
        time.sleep(max(0.0, started + minute * MINUTE - time.monotonic()))
        sample, status = take_sample(daemon), daemon.send_command("status")
        row = (
            *(minute, f"{sample.resident:.1f}", f"{sample.proportional:.1f}"),
            f"{sample.anonymous:.1f}",
            f"{100 * (sample.processor - before.processor) / MINUTE:.1f}",
            *(sample.descriptors, sample.threads, status["frames"], status["dropped"]),
            *(status["changes"], status["player_error"] or "ok"),
        )
        print("| " + " | ".join(map(str, row)) + " |", flush=True)
        before = sample


def take_sample(daemon: DaemonProcess) -> Sample:
    """The daemon's use of the machine now, its children included."""
    pid = daemon.process.pid
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    # utime, stime, cutime and cstime (proc_pid_stat(5)).
    processor = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return Sample(
        resident_megabytes(pid),
        megabytes(pid),
        daemon.memory() / 1e6,
        processor,
        daemon.descriptors(),
        daemon.threads(),
    )


if __name__ == "__main__":
    main()
