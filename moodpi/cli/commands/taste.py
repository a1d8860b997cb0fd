"""`moodpi taste`: what was learned from likes, skips and bans, or to forget it."""

from __future__ import annotations

import argparse
import json

from moodpi.errors import EXIT_DONE


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--reset", action="store_true", help="forget every like, skip and ban, and what they taught"
    )
    parser.add_argument(
        "--forget-played", action="store_true", help="forget which tracks were played"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")


def run(arguments: argparse.Namespace) -> int:
    """Have forgotten what is to be, by the daemon if one runs, and print what is left."""
    from edge.frontends.control import is_running, send_command
    from edge.music.profile.store import profile_file
    from edge.music.profile.summary import FEEDBACK, PLAYED, ProfileSummary, summarize_profile

    asked = {FEEDBACK: arguments.reset, PLAYED: arguments.forget_played}
    forget = [what for what, wanted in asked.items() if wanted]
    if is_running():
        summary = ProfileSummary(**send_command("taste", forget=forget))
    else:
        summary = summarize_profile(profile_file(), forget)
    if arguments.json:
        print(json.dumps(summary.to_json(), ensure_ascii=False, indent=1))
        return EXIT_DONE
    print(f"Liked {summary.likes}, skipped {summary.skips}, banned {len(summary.banned)}.")
    print(f"Played {summary.played} tracks.")
    for banned in summary.banned:
        print(f"  never again: {banned}")
    for kind, learned in summary.learned.items():
        told = ", ".join(f"{name} {weight:+.2f}" for name, weight in learned.items())
        print(f"  {kind}: {told}")
    print(f"Kept in {summary.path}; `moodpi taste --reset` forgets likes, skips and bans.")
    return EXIT_DONE
