"""What `moodpi status`, `pause`, `resume` and `next` have in common."""

from __future__ import annotations

import argparse
import json
import time
from datetime import timedelta
from typing import Any

from moodpi.errors import EXIT_DONE


def add_asking_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")


def ask_and_print(arguments: argparse.Namespace, command: str) -> int:
    """Ask the daemon and print how it is doing after that."""
    from edge.frontends.control import ask

    answer = ask(command)
    if arguments.json:
        print(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        print("\n".join(standing_lines(answer)))
    return EXIT_DONE


def standing_lines(answer: dict[str, Any]) -> list[str]:
    """The daemon's answer for people."""
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
    """The list given last, the track that is heard marked; and what is wrong with the player."""
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
