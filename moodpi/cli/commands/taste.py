"""`moodpi taste`: print or delete what was learned from likes, skips and bans."""

from __future__ import annotations

import argparse

from moodpi.errors import EXIT_DONE
from moodpi.output import print_json, print_lines


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--reset", action="store_true", help="delete all likes, skips and bans")
    parser.add_argument(
        "--forget-played", action="store_true", help="delete the history of played tracks"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Delete what the options name, through the daemon if one runs, and print the profile."""
    from edge.frontends.control import is_running, send_command
    from edge.music.profile.store import profile_file
    from edge.music.profile.summary import FEEDBACK, PLAYED, ProfileSummary, summarize_profile

    options = {FEEDBACK: arguments.reset, PLAYED: arguments.forget_played}
    forget = [kind for kind, is_set in options.items() if is_set]
    if is_running():
        summary = ProfileSummary(**send_command("taste", forget=forget))
    else:
        summary = summarize_profile(profile_file(), forget)
    if arguments.json:
        print_json(summary.to_json())
        return EXIT_DONE
    print_lines(
        f"Liked {summary.likes}, skipped {summary.skips}, banned {len(summary.banned)}.",
        f"Played {summary.played} tracks.",
        *(f"  banned: {banned}" for banned in summary.banned),
    )
    for kind, learned in summary.learned.items():
        weights = ", ".join(f"{name} {weight:+.2f}" for name, weight in learned.items())
        print_lines(f"  {kind}: {weights}")
    print_lines(f"Saved in {summary.path}; `moodpi taste --reset` deletes likes, skips and bans.")
    return EXIT_DONE
