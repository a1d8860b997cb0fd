"""What `moodpi like`, `skip` and `ban` have in common."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.errors import EXIT_DONE

if TYPE_CHECKING:
    from edge.listener.store import Feedback, ListenerStore, Verdict

PAST = {"like": "liked", "skip": "skipped", "ban": "banned"}


def add_feedback_options(parser: argparse.ArgumentParser) -> None:
    """What is meant, whether its artist is, and where it is looked up."""
    parser.add_argument(
        "track",
        nargs="?",
        metavar="TRACK",
        help="a track's id or open.spotify.com link, or its number in the last list that `run` or "
        "`recommend --remember` gave; without it, all of that list. With --artist also a name",
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
    """Note the word in the listener's file and print what it was noted of."""
    from edge.listener.folder import listener_file
    from edge.listener.store import ListenerStore

    with ListenerStore.open(listener_file()) as store:
        words = _words(arguments, verdict, store)
        store.judge(words)
    if arguments.json:
        noted = [word.to_json() for word in words]
        print(json.dumps(noted, ensure_ascii=False, indent=1))
        return EXIT_DONE
    for word in words:
        subject = "every track of " if word.subject == "artist" else ""
        print(f"{PAST[word.verdict]}: {subject}{word.label}")
    return EXIT_DONE


def _words(arguments: argparse.Namespace, verdict: Verdict, store: ListenerStore) -> list[Feedback]:
    from catalog.store import Catalog
    from edge.config import load_config
    from edge.listener.words import (
        artists_meant,
        tracks_meant,
        words_on_artists,
        words_on_tracks,
    )

    last = store.last_list()
    configured = load_config(arguments.config).recommend.catalog
    path = arguments.catalog or (Path(configured) if configured else None)
    with Catalog.open(path) as catalog:
        if arguments.artist:
            return words_on_artists(artists_meant(arguments.track, last, catalog), verdict)
        return words_on_tracks(tracks_meant(arguments.track, last, catalog), verdict, catalog)
