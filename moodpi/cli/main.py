"""The command line: every command in one table, each loaded only when it is the one asked for."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType

from moodpi import __version__

COMMANDS = {
    "recommend": "five tracks for a photo of a face, or for an emotion",
    "classify": "the emotion of every face in one or many images",
    "run": "watch a camera, a video or a folder and choose music by mood",
    "serve": "a page and interfaces: a photo in, its mood and five tracks out",
    "status": "what the moodpi that runs here sees and plays",
    "pause": "no more tracks until resume; it goes on watching",
    "resume": "tracks again, for the mood as it is now",
    "next": "other tracks for the same mood",
    "like": "more like a track, an artist or the last list",
    "skip": "less like it",
    "ban": "never again",
    "taste": "what was learned from likes, skips and bans, or forget it",
    "catalog": "build the music catalogue from Spotify CSVs, or say what is in one",
    "train": "train a face-emotion model on FER2013",
    "evaluate": "how well a model, or an exported file, names faces",
    "compare": "models side by side on the same faces",
    "export": "quantize trained weights and measure the exported file",
    "bench": "what each model, format and runtime costs on this machine",
    "service": "start at boot: install, uninstall or show the service",
    "doctor": "say what works here, what does not, and how to mend it",
    "config": "print the configuration in force, or check a file",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code; every MoodpiError ends as one line on stderr."""
    try:
        code = _main(sys.argv[1:] if arguments is None else arguments)
        if sys.stdout:
            sys.stdout.flush()
    except OSError as error:  # written to a pipe that closed, or to a full disk
        # What is left in the buffer has nowhere to go; Python would complain of it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            print(f"moodpi: output: {error.strerror}", file=sys.stderr)
        return 1
    return code


def _main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_help())
        return 0 if arguments else 2
    if arguments[0] in ("-V", "--version"):
        print(f"moodpi {__version__}")
        return 0
    from moodpi.cli.dispatch import dispatch

    return dispatch(arguments)


def command_module(name: str) -> ModuleType:
    """The module of a command: `configure(parser)` declares its options, `run(args)` does it."""
    return import_module(f"moodpi.cli.commands.{name}")


def _help() -> str:
    width = max(map(len, COMMANDS))
    rows = "\n".join(f"  {name:<{width}}  {summary}" for name, summary in COMMANDS.items())
    return f"""\
usage: moodpi COMMAND [options]

A camera looks at your face, works out how you feel and picks your music, all on this device.

commands:
{rows}

options:
  -h, --help     this text; `moodpi COMMAND --help` explains one command
  -V, --version  the version

Try: moodpi recommend --emotion happy
Exit codes: 0 done, 1 failed, 2 wrong usage, 78 wrong configuration."""
