"""`moodpi like`, `skip` and `ban`: feedback on a track, an artist or the last list."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from moodpi.cli.commands.options import add_config_option
from moodpi.errors import EXIT_DONE, UsageError
from moodpi.output import print_json, print_lines

PAST_TENSE = {"like": "liked", "skip": "skipped", "ban": "banned"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments and options, which are the same for all three."""
    parser.add_argument(
        "track",
        nargs="?",
        metavar="TRACK",
        help="a track's id or open.spotify.com link, or its number in the last list of `run` or "
        "`recommend --remember`; without it, the track that is playing, or else that whole list. "
        "With --artist also an artist's name",
    )
    parser.add_argument(
        "--artist", action="store_true", help="apply to the artist instead of the track"
    )
    parser.add_argument(
        "--catalog", type=Path, metavar="FILE", help="catalogue (default: as configured)"
    )
    add_config_option(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON list")


def run(arguments: argparse.Namespace) -> int:
    """Record the feedback, through the daemon if one runs, and print its subjects."""
    from edge.frontends.control import is_running, send_command

    if is_running():
        if arguments.catalog or arguments.config:
            raise UsageError(
                "a running moodpi records feedback with its own catalogue: leave out --catalog and "
                "--config",
                code="option_conflicts_with_daemon",
            )
        answer = send_command("feedback", verdict=arguments.command, **_reference(arguments))
    else:
        answer = _record(arguments)
    recorded: list[dict[str, str]] = answer["feedback"]
    if arguments.json:
        print_json(recorded)
    else:
        for feedback in recorded:
            prefix = "every track of " if feedback["subject"] == "artist" else ""
            print_lines(f"{PAST_TENSE[feedback['verdict']]}: {prefix}{feedback['name']}")
    for warning in answer["warnings"]:
        print_lines(warning, out=sys.stderr)
    return EXIT_DONE


def _reference(arguments: argparse.Namespace) -> dict[str, str]:
    """The arguments `track`, `artist` and `subject` of the command `feedback`, those that are set.

    --artist without TRACK means the artist of the playing track, or the artists of the last list.
    """
    subject = "artist" if arguments.artist else "track"
    return {"subject": subject} if arguments.track is None else {subject: arguments.track}


def _record(arguments: argparse.Namespace) -> dict[str, Any]:
    """Record the feedback in this user's own file; the same answer as the daemon's."""
    from catalog.reloading import catalog_with_own_songs
    from edge.config.load import load_config
    from edge.music.profile.feedback import record_feedback
    from edge.music.profile.store import ProfileStore, Verdict, profile_file

    verdict = Verdict(arguments.command)
    path = arguments.catalog or load_config(arguments.config).catalog_file()
    with ProfileStore.open(profile_file()) as store, catalog_with_own_songs(path) as catalog:
        result = record_feedback(store, catalog.current(), verdict, **_reference(arguments))
    return result.to_json()
