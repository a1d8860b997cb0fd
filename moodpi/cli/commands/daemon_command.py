"""The commands that the running daemon answers with its status: `moodpi status`, `pause`, `resume`,
`next` and `strategy`.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import timedelta
from typing import Any

from moodpi.errors import EXIT_DONE


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and options."""
    from edge.daemon.commands import COMMANDS

    for argument in COMMANDS[parser.get_default("command")].arguments:
        parser.add_argument(argument.name, metavar=argument.name.upper(), help=argument.help)
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")


def run(arguments: argparse.Namespace) -> int:
    """Send the command and print the daemon's status after it."""
    from edge.daemon.commands import COMMANDS
    from edge.frontends.control import ask

    command = COMMANDS[arguments.command]
    fields = {argument.name: getattr(arguments, argument.name) for argument in command.arguments}
    command.validate(fields)
    answer = ask(command.name, **fields)
    if arguments.json:
        print(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        print("\n".join(status_lines(answer)))
    return EXIT_DONE


def status_lines(answer: dict[str, Any]) -> list[str]:
    """The daemon's status for people."""
    up = timedelta(seconds=round(answer["uptime"]))
    held = f", the music pauses: {answer['silence']}" if answer["silence"] else ""
    counts = ("frames", "scanned", "tracked", "skipped", "dropped", "faces", "changes")
    lines = [f"running for {up}{held}", ", ".join(f"{name} {answer[name]}" for name in counts)]
    if answer["camera"]:
        lines.append(answer["camera"])
    presence, mood = answer["presence"], answer["mood"]
    lines.append("somebody is there" if presence and presence["present"] else "nobody is there")
    if mood:
        since = time.strftime("%H:%M:%S", time.localtime(mood["time"]))
        lines.append(f"{mood['emotion'] or 'unsure'} {mood['confidence']:.0%} since {since}")
    return lines + _music_lines(answer)


def _music_lines(answer: dict[str, Any]) -> list[str]:
    """The current list with the playing track marked, and the player's error."""
    tracks = answer["tracks"]["tracks"] if answer["tracks"] else []
    heard = (answer["playing"] and answer["playing"]["track"]) or {"id": None}
    lines = [
        f"{'>' if track['id'] == heard['id'] else ' '}{place:2}. "
        f"{track['title']} - {track['artist']}"
        for place, track in enumerate(tracks, start=1)
    ]
    if answer["trouble"]:
        lines.append(f"the player: {answer['trouble']}")
    return lines
