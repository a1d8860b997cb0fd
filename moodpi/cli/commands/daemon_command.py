"""The commands that the running daemon answers with its status: `moodpi status`, `pause`, `resume`,
`next` and `strategy`.
"""

from __future__ import annotations

import argparse
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from moodpi.errors import EXIT_DONE
from moodpi.output import print_json, print_lines

if TYPE_CHECKING:
    from edge.daemon.status import DaemonStatus


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and options."""
    from edge.daemon.commands import COMMANDS

    for argument in COMMANDS[parser.get_default("command")].arguments:
        parser.add_argument(argument.name, metavar=argument.name.upper(), help=argument.help)
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Send the command and print the daemon's status after it."""
    from edge.daemon.commands import COMMANDS
    from edge.daemon.status import DaemonStatus
    from edge.frontends.control import send_command

    command = COMMANDS[arguments.command]
    fields = {argument.name: getattr(arguments, argument.name) for argument in command.arguments}
    command.validate(fields)
    status = DaemonStatus.from_json(send_command(command.name, **fields))
    if arguments.json:
        print_json(status.to_json())
    else:
        print_lines(*status_lines(status))
    return EXIT_DONE


def status_lines(status: DaemonStatus) -> list[str]:
    """The status for people."""
    lines = [f"Running for {timedelta(seconds=round(status.uptime))}"]
    if status.pause_reason:
        lines.append(status.pause_reason)
    if status.camera_error:
        lines.append(status.camera_error)
    if status.player_error:
        lines.append(f"Player: {status.player_error}")
    if status.song_analysis:
        lines.append(f"Songs: {status.song_analysis}")
    lines.append(", ".join(f"{name} {count}" for name, count in status.counts.to_json().items()))
    lines.append("Somebody in view" if status.person_present else "Nobody in view")
    if mood := status.mood:
        since = time.strftime("%H:%M:%S", time.localtime(mood["time"]))
        numbers = f"belief {mood['belief']:.0%}, share {mood['share']:.0%}"
        lines.append(f"Mood: {mood['emotion'] or 'unsure'} since {since} ({numbers})")
    if (resting := status.resting_face) and resting["origin"]:
        why = f", not applied: {resting['why']}" if resting["why"] else ""
        lines.append(f"Resting face: {resting['origin']}{why}")
    return lines + _track_lines(status)


def _track_lines(status: DaemonStatus) -> list[str]:
    """The current list of tracks with the playing one marked."""
    playing = status.playing_track
    return [
        f"{'>' if playing and track['id'] == playing['id'] else ' '}{number:2}. "
        f"{track['title']} - {track['artist']}"
        for number, track in enumerate(status.listed_tracks, start=1)
    ]
