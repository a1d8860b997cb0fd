"""`moodpi library analyze|list`: give the songs that the catalogue does not know a place."""

from __future__ import annotations

import argparse
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.cli.commands.options import add_config_option
from moodpi.errors import EXIT_DONE, ConfigurationError, MoodpiError
from moodpi.output import print_json, print_lines, print_progress

if TYPE_CHECKING:
    from catalog.own_songs import OwnSongs
    from edge.config.load import Config
    from edge.music.library import Song

log = logging.getLogger(__name__)

# The analysis pauses at this temperature of the processor, in degrees Celsius. A Pi reduces its
# speed at 80.
MAX_CELSIUS = 72.0
NICENESS = 19


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare `analyze` and `list`."""
    actions = parser.add_subparsers(dest="action", metavar="analyze|list", required=True)
    analyze = actions.add_parser(
        "analyze", help="estimate valence and arousal of your songs", allow_abbrev=False
    )
    analyze.description = (
        "Listen to the songs that the catalogue does not know and estimate their valence and "
        "arousal. It continues where it stopped, and pauses while the Pi is hot or while moodpi "
        "sees somebody."
    )
    analyze.add_argument(
        "folders",
        nargs="*",
        type=Path,
        metavar="DIR",
        help="folders with music (default: player.music of the configuration)",
    )
    add_config_option(analyze)
    shown = actions.add_parser("list", help="print the analyzed songs", allow_abbrev=False)
    shown.description = "Print the songs that have an estimated place, and those that were skipped."
    for action in (analyze, shown):
        action.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Analyze the songs, or print them."""
    from catalog.own_songs import own_songs_file, read_own_songs

    paths, new = _analyze(arguments) if arguments.action == "analyze" else (None, frozenset())
    skipped = _skipped(paths)
    own = read_own_songs(own_songs_file())
    if arguments.json:
        print_json(_document(own, skipped))
        return EXIT_DONE
    if arguments.action == "list":
        print_lines(*_song_lines(own))
    # The log has named the new ones.
    named = {path: reason for path, reason in skipped.items() if path not in new}
    print_lines(*(f"skipped {path}: {reason}" for path, reason in named.items()))
    print_lines(str(own.progress), *_spread_lines(own), *_service_lines())
    return EXIT_DONE


def _analyze(arguments: argparse.Namespace) -> tuple[frozenset[str], frozenset[str]]:
    """Analyze the songs. Returns the paths of all, and of those that were not analyzed before."""
    from catalog.own_songs import own_songs_file
    from catalog.store import Catalog
    from edge.audio.affect_model import AffectModel
    from edge.config.load import load_config
    from edge.music.analysis.analyzer import Analyzer, Pace
    from edge.music.analysis.store import AnalysisStore, analysis_file

    config = load_config(arguments.config)
    songs = _songs(arguments.folders or _configured_folders(config))
    # The service has that priority already, and may not set any.
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    with (
        Catalog.open(config.catalog_file()) as catalog,
        AnalysisStore(analysis_file()) as store,
    ):
        analyzer = Analyzer(songs, catalog, store, own_songs_file(), AffectModel.load())
        new = frozenset(song.uri for song in analyzer.remaining())
        for progress in analyzer.run(Pace(_pause_reason)):
            print_progress(str(progress))
    print_progress("")
    return frozenset(song.uri for song in songs), new


def _configured_folders(config: Config) -> list[Path]:
    from moodpi.paths import expand_home

    if not config.player.music:
        raise ConfigurationError(
            "player.music is empty: name the folders with your music, as in "
            "`moodpi library analyze ~/Music`",
            code="no_music_folders",
        )
    return [expand_home(folder) for folder in config.player.music]


def _songs(folders: Sequence[Path]) -> list[Song]:
    from edge.music.library.files import audio_files, unreadable_text
    from edge.music.library.song import Song
    from edge.music.library.tags import read_tags

    errors: list[OSError] = []
    found = sorted(audio_files([folder.absolute() for folder in folders], errors.append))
    if errors:
        log.warning("%s", unreadable_text(errors))
    return [
        read_tags(Path(path), revision) or Song(path, _title(path), (), revision)
        for path, revision in found
    ]


def _title(path: str) -> str:
    """The name of a file without tags, which can contain control characters, or nothing else."""
    from moodpi.text import MAX_NAME_LENGTH, clean_text

    return clean_text(Path(path).stem, MAX_NAME_LENGTH) or "untitled"


def _pause_reason() -> str:
    """Why the analysis must pause now. A daemon that does not answer is no reason."""
    from edge.frontends.control import send_command
    from edge.system.hardware import celsius

    if (degrees := celsius() or 0.0) >= MAX_CELSIUS:
        return f"pausing: the processor has {degrees:.0f} C"
    with suppress(MoodpiError):
        presence = send_command("status")["presence"]
        if presence and presence["present"]:
            return "pausing: somebody is in view"
    return ""


def _skipped(paths: frozenset[str] | None) -> dict[str, str]:
    """Why songs were skipped, by path. paths: those of interest; None for all."""
    from edge.music.analysis.store import AnalysisStore, analysis_file

    with AnalysisStore(analysis_file()) as store:
        skipped = {path: song.reason for path, song in store.read().items() if song.code}
    return {path: skipped[path] for path in skipped if paths is None or path in paths}


def _document(own: OwnSongs, skipped: dict[str, str]) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "progress": asdict(own.progress),
        "spread": {"valence": own.spread[0], "arousal": own.spread[1]},
        "songs": [asdict(song) for song in own.songs],
        "skipped": skipped,
    }


def _song_lines(own: OwnSongs) -> list[str]:
    return [
        f"valence {song.valence:+.2f}, arousal {song.arousal:+.2f}  {song.title}"
        + (f" - {song.artist}" if song.artist else f"  ({song.uri})")
        for song in own.songs
    ]


def _service_lines() -> list[str]:
    """That the system's service, if it is the daemon that runs, has a state folder of its own."""
    from edge.frontends.control.socket_path import SERVICE_SOCKET, find_socket
    from moodpi.paths import state_folder

    if "STATE_DIRECTORY" in os.environ or find_socket() != SERVICE_SOCKET:
        return []
    return [
        f"This is the analysis in {state_folder()}. The service has its own.",
        "`sudo systemctl start moodpi-analysis` starts it, `moodpi status` shows its progress.",
    ]


def _spread_lines(own: OwnSongs) -> list[str]:
    if not own.songs:
        return []
    valence, arousal = own.spread
    off = f"{valence:.2f} in valence and {arousal:.2f} in arousal"
    return [f"The places are estimates: two in three are off by at most {off}."]
