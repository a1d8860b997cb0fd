"""A real `moodpi run` that watches a film of a face, plays music with mpv and serves the page."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2

from tests.conftest import ROOT
from tests.edge.expressions import frown, gasp, nobody, smile
from tests.edge.footage import face_film
from tests.edge.players.audio_files import make_silent_files, sample_tracks, write_music
from tests.edge.running_daemon import RunningDaemon
from tests.waiting import wait_for

PORTRAIT = ROOT / "tests" / "data" / "eileen_collins.jpg"
RATE = 10.0
# What the film shows, and for how many seconds. The wait is for the start of moodpi.
WAIT = 6
SCRIPT = (
    (WAIT, nobody),
    (16, smile),
    (12, gasp),
    (14, frown),
    (12, smile),
    (60, nobody),
)
# The moods that the default model sees in it.
FILM_MOODS = 4
SONGS = 300


def write_film(folder: Path) -> Path:
    """The film of SCRIPT."""
    portrait = cv2.imread(str(PORTRAIT))
    scenes = [(seconds, expression(portrait)) for seconds, expression in SCRIPT]
    return face_film(folder / "film.avi", scenes, RATE)


def write_songs(folder: Path) -> Path:
    """A folder of silent files with the tags of random songs of the catalogue."""
    silent = folder / "silent"
    silent.mkdir()
    files = make_silent_files(silent)
    write_music(folder / "music", files, sample_tracks(SONGS, seed=1))
    return folder / "music"


@contextmanager
def live_run(
    home: Path, source: str, music: Path | None, settings: str = "", options: Sequence[str] = ()
) -> Iterator[tuple[str, RunningDaemon]]:
    """The address of the page, and the daemon, which has just started.

    music: The folder of the songs, without sound; None to only print them.
    settings: More lines of moodpi.toml.
    """
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    player = f'[player]\nkind = "mpv"\nmusic = ["{music}"]\nmpv_options = ["--ao=null"]\n'
    page = f"[web]\nenabled = true\nport = {port}\n"
    home.mkdir()
    configuration = f"{settings}{page}{player if music else ''}"
    daemon = RunningDaemon(home, source, configuration, options)
    daemon.start()
    try:
        wait_for(lambda: "moodpi is at http" in daemon.log.read_text(), "the page")
        yield f"http://127.0.0.1:{port}", daemon
    finally:
        daemon.stop()
