"""`moodpi playlist`: a long list of tracks for an emotion, or on the way to a target."""

from __future__ import annotations

import argparse
from pathlib import Path

from moodpi.cli.commands.options import add_config_option, positive
from moodpi.cli.commands.selection import PlaylistOutput, select_tracks
from moodpi.errors import EXIT_DONE, UsageError

DEFAULT_COUNT = 50


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--emotion", metavar="E", help="the mood of the music, or its start")
    parser.add_argument(
        "--target",
        metavar="T",
        help="where the music leads in small steps: an emotion, calm or brighter; "
        "from --emotion, or from neutral",
    )
    parser.add_argument(
        "-n",
        dest="count",
        type=positive,
        metavar="N",
        default=DEFAULT_COUNT,
        help=f"number of tracks (default: {DEFAULT_COUNT})",
    )
    parser.add_argument(
        "-o",
        dest="output",
        type=Path,
        metavar="FILE",
        help="file to write, .m3u8, .m3u or .xspf (default: print M3U)",
    )
    parser.add_argument("--seed", type=int, metavar="S", help="seed of the random choice")
    parser.add_argument("--catalog", metavar="FILE", help="catalogue (default: the one of moodpi)")
    add_config_option(parser)
    parser.add_argument(
        "--remember",
        action="store_true",
        help="avoid tracks in the history and add the new ones to it",
    )


def run(arguments: argparse.Namespace) -> int:
    """Select the tracks, then write the file or print the list."""
    if arguments.emotion is None and arguments.target is None:
        raise UsageError(
            "expected --emotion E, --target T or both (see moodpi playlist --help)",
            code="emotion_or_target",
        )
    from edge.config.load import load_config
    from edge.mood.affect import Affect
    from edge.music.selector import REPEATED_ARTISTS

    affect = Affect.from_emotion(arguments.emotion or "neutral")
    config = load_config(arguments.config).override(
        {
            "recommend.strategy": "journey" if arguments.target else "match",
            "recommend.target": arguments.target,
            "recommend.count": arguments.count,
            "recommend.catalog": arguments.catalog,
        }
    )
    playlist = PlaylistOutput(arguments.output, config)
    recommendation = select_tracks(
        config,
        affect,
        arguments.seed,
        playlist.playable,
        REPEATED_ARTISTS,
        remember=arguments.remember,
    )
    playlist.write(recommendation)
    return EXIT_DONE
