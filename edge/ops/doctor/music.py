"""The player: whether it answers, and how much of what it has can be recommended."""

from __future__ import annotations

from importlib.util import find_spec

from edge.music.library import Playable
from edge.ops.doctor.finding import Finding
from moodpi.errors import MoodpiError
from moodpi.requirements import how_to_install

# What the extra of a player's name brings.
PACKAGES = {"mpd": "mpd", "mpv": "mutagen"}


def music() -> list[Finding]:
    """The player of the configuration, asked what it has; what is only printed needs nothing."""
    from edge.config.load import load_config
    from edge.players import find_player
    from edge.players.server_player import ServerPlayer

    try:
        config = load_config()
        kind = config.player.kind
        if kind in PACKAGES and find_spec(PACKAGES[kind]) is None:
            fix = how_to_install(f"moodpi[{kind}]")
            return [Finding("player", "missing", f"{PACKAGES[kind]} is not installed", fix)]
        player = find_player(kind)(config.player, config.catalog_file())
        if not isinstance(player, ServerPlayer):
            return [Finding("player", "ok", kind)]
        return [Finding("player", "ok", player.server_name), _songs(player.fetch_library())]
    except MoodpiError as error:
        fix = "start it, or mend [player] in the configuration"
        return [Finding("player", "missing", str(error), fix)]


def _songs(playable: Playable | None) -> Finding:
    if playable is None:
        return Finding("songs", "ok", "it plays spotify:track:, and so all of the catalogue")
    if playable.known:
        return Finding("songs", "ok", str(playable))
    fix = "tags with title and artist, or another catalogue (`moodpi catalog build`)"
    return Finding("songs", "missing", str(playable), fix)
