"""What `moodpi like`, `skip` and `ban` have in common."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
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
    from edge.listener.store import ListenerStore, Verdict

    remarks: list[str] = []
    with ListenerStore.open(listener_file()) as store:
        words = _words(arguments, verdict, store)
        if verdict is Verdict.LIKE:
            words, remarks = _beside_bans(words, store, whole_list=arguments.track is None)
        store.judge(words)
    if arguments.json:
        noted = [{"subject": w.subject, "name": w.label, "verdict": w.verdict} for w in words]
        print(json.dumps(noted, ensure_ascii=False, indent=1))
    else:
        for word in words:
            subject = "every track of " if word.subject == "artist" else ""
            print(f"{PAST[word.verdict]}: {subject}{word.label}")
    for remark in remarks:
        print(remark, file=sys.stderr)
    return EXIT_DONE


def _beside_bans(
    words: list[Feedback], store: ListenerStore, *, whole_list: bool
) -> tuple[list[Feedback], list[str]]:
    """The likes to note, and what to say of the bans that stay."""
    from edge.listener.words import artists_still_banned, without_banned

    before = store.feedback()
    left: list[str] = []
    if whole_list:
        words, left = without_banned(words, before)
    remarks = [f"still banned: {label} (to take it back, like it by its id)" for label in left]
    remarks += [
        f"still banned: every track of {artist} "
        f"(to take it back: moodpi like --artist {shlex.quote(artist)})"
        for artist in artists_still_banned(words, before)
    ]
    return words, remarks


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
    path = arguments.catalog or load_config(arguments.config).catalog_file()
    with Catalog.open(path) as catalog:
        if arguments.artist:
            return words_on_artists(artists_meant(arguments.track, last, catalog), verdict)
        return words_on_tracks(tracks_meant(arguments.track, last, catalog), verdict, catalog)
