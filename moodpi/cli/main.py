"""The entry point of `moodpi`: help, version and the exit code."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress

from moodpi import __version__
from moodpi.cli.standard_streams import open_closed_streams
from moodpi.errors import report
from moodpi.output import discard_output, print_lines


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code. A MoodpiError becomes one line on stderr.

    arguments: None for those of the process, which then ends here if a thread is blocked.
    """
    open_closed_streams()
    code = _run(sys.argv[1:] if arguments is None else arguments)
    try:
        sys.stderr.flush()
    except OSError:  # otherwise Python exits with 120
        discard_output(sys.stderr)
    if arguments is None:
        _end_with_blocked_threads(code)
    return code


def _run(arguments: list[str]) -> int:
    try:
        code = _main(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has ended, as `head` does
        discard_output(sys.stdout)
        return 128 + signal.SIGPIPE
    except OSError as error:  # a full disk
        discard_output(sys.stdout)
        report(f"output: {error.strerror}")
        return 1
    return code


def _end_with_blocked_threads(code: int) -> None:
    """End the process at once if a daemon thread is left, such as one that waits for a camera.

    A thread that returns from OpenCV while Python shuts down would abort the process.
    """
    if any(thread.daemon for thread in threading.enumerate()):
        with suppress(OSError):
            sys.stderr.flush()
        os._exit(code)


def _main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help"):
        print_lines(*_help().splitlines())
        return 0 if arguments else 2
    if arguments[0] in ("-V", "--version"):
        print_lines(f"moodpi {__version__}")
        return 0
    from moodpi.cli.dispatch import dispatch

    return dispatch(arguments)


def _help() -> str:
    # Imported here, because `--version` does not need the commands and their modules.
    from moodpi.cli.table import COMMANDS

    width = max(map(len, COMMANDS))
    rows = "\n".join(f"  {name:<{width}}  {command.help}" for name, command in COMMANDS.items())
    return f"""\
usage: moodpi COMMAND [options]

Recognizes your mood from your face in a camera picture and plays music for it, on this device.

commands:
{rows}

options:
  -h, --help     show this help; for one command: moodpi COMMAND --help
  -V, --version  show the version

Example: moodpi recommend --emotion happy
Exit codes: 0 success, 1 failure, 2 usage error, 78 configuration error."""
