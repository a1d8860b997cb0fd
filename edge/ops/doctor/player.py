"""Check of the configured player and of the tracks that it can play."""

from __future__ import annotations

import shutil
from contextlib import suppress
from importlib.util import find_spec

from catalog.own_songs import own_songs_file, read_own_songs
from edge.music.library import PlayableTracks
from edge.ops.doctor.result import CheckResult
from moodpi.errors import MoodpiError
from moodpi.requirements import how_to_install

# Player kind to the Python package that it requires.
REQUIRED_PACKAGES = {"mpd": "mpd", "mpv": "mutagen"}


def check_player() -> list[CheckResult]:
    """The connection to the player, and how much of its library is in the catalogue."""
    from edge.config.load import load_config
    from edge.players import player_class
    from edge.players.server_player import ServerPlayer

    try:
        config = load_config()
        kind = config.player.kind
        if kind in REQUIRED_PACKAGES and find_spec(REQUIRED_PACKAGES[kind]) is None:
            fix = how_to_install(f"moodpi[{kind}]")
            return [
                CheckResult("player", "missing", f"{REQUIRED_PACKAGES[kind]} is not installed", fix)
            ]
        player = player_class(kind)(config.player, config.catalog_file())
        if not isinstance(player, ServerPlayer):
            return [CheckResult("player", "ok", kind)]
        return [
            CheckResult("player", "ok", player.server_name),
            _check_library(player.fetch_library()),
            *_check_analysis(needs_decoder=bool(config.player.music)),
        ]
    except MoodpiError as error:
        fix = "start the player, or correct [player] in the configuration"
        return [CheckResult("player", "missing", str(error), fix)]


def _check_analysis(*, needs_decoder: bool) -> list[CheckResult]:
    """How far the analysis of the songs is. Nothing before its first run."""
    if needs_decoder and shutil.which("ffmpeg") is None:
        detail = "ffmpeg is not installed: songs that the catalogue does not know are not played"
        return [CheckResult("analysis", "missing", detail, "sudo apt install ffmpeg")]
    progress = _analysis_progress()
    return [CheckResult("analysis", "ok", progress)] if progress else []


def _analysis_progress() -> str:
    """The progress that the running daemon knows, or else that of this user; empty without one."""
    from edge.frontends.control import is_running, send_command

    with suppress(MoodpiError):  # the daemon refuses this user
        if is_running():
            return str(send_command("status").get("song_analysis", ""))
    progress = read_own_songs(own_songs_file()).progress
    return str(progress) if progress.songs else ""


def _check_library(playable: PlayableTracks | None) -> CheckResult:
    if playable is None:
        return CheckResult("songs", "ok", "the player plays Spotify tracks: the whole catalogue")
    if playable.matched_count:
        return CheckResult("songs", "ok", str(playable))
    if not playable.song_count:
        fix = "add songs to the player, for example with install.sh --music DIR"
        return CheckResult("songs", "missing", "the player has no songs", fix)
    fix = "run `moodpi library analyze`, or tag the files with title and artist"
    return CheckResult("songs", "missing", str(playable), fix)
