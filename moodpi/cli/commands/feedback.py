"""What `moodpi like`, `skip` and `ban` have in common."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodpi.errors import EXIT_DONE, UsageError

if TYPE_CHECKING:
    from edge.music.profile.store import Verdict

PAST = {"like": "liked", "skip": "skipped", "ban": "banned"}


def add_feedback_options(parser: argparse.ArgumentParser) -> None:
    """What is meant, whether its artist is, and where it is looked up."""
    parser.add_argument(
        "track",
        nargs="?",
        metavar="TRACK",
        help="a track's id or open.spotify.com link, or its number in the last list that `run` or "
        "`recommend --remember` gave; without it, what is heard now, or else all of that list. "
        "With --artist also a name",
    )
    parser.add_argument("--artist", action="store_true", help="the artist, not only the track")
    parser.add_argument(
        "--catalog", type=Path, metavar="FILE", help="catalogue (the configuration's)"
    )
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="configuration (see `moodpi config`)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON list on stdout")


def say(arguments: argparse.Namespace, verdict: Verdict) -> int:
    """Have the word noted, by the daemon if one runs, and print what it was noted of."""
    from edge.frontends.control import ask, runs

    if runs():
        if arguments.catalog or arguments.config:
            raise UsageError(
                "a moodpi runs here and notes it by its own catalogue: leave out --catalog and "
                "--config"
            )
        said = ask("judge", verdict=verdict, track=arguments.track, artist=arguments.artist)
    else:
        said = _note(arguments, verdict)
    noted: list[dict[str, str]] = said["noted"]
    if arguments.json:
        print(json.dumps(noted, ensure_ascii=False, indent=1))
    else:
        for word in noted:
            subject = "every track of " if word["subject"] == "artist" else ""
            print(f"{PAST[word['verdict']]}: {subject}{word['name']}")
    for remark in said["remarks"]:
        print(remark, file=sys.stderr)
    return EXIT_DONE


def _note(arguments: argparse.Namespace, verdict: Verdict) -> dict[str, Any]:
    from catalog.store import Catalog
    from edge.config.load import load_config
    from edge.music.profile.feedback import judge
    from edge.music.profile.folder import listener_file
    from edge.music.profile.store import ListenerStore

    path = arguments.catalog or load_config(arguments.config).catalog_file()
    with ListenerStore.open(listener_file()) as store, Catalog.open(path) as catalog:
        noted = judge(store, catalog, verdict, arguments.track, artist=arguments.artist)
    return noted.to_json()
