"""The entry point of `moodpi`: help, version and the exit code."""

from __future__ import annotations

import os
import sys

from moodpi import __version__
from moodpi.cli.table import COMMANDS


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


def _help() -> str:
    width = max(map(len, COMMANDS))
    rows = "\n".join(f"  {name:<{width}}  {command.help}" for name, command in COMMANDS.items())
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
