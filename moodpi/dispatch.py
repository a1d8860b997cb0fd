"""Parse one command's arguments, run it, and turn any MoodpiError into one line and a code."""

from __future__ import annotations

import argparse
import logging
import os
import re
import signal
import sys
from typing import NoReturn

from moodpi.cli import COMMANDS, command_module
from moodpi.errors import EXIT_FAILED, EXIT_USAGE, MoodpiError, UsageError, did_you_mean


class Parser(argparse.ArgumentParser):
    """argparse with moodpi's manners: one line instead of a page, and the nearest option named."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")

    def parse_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def,override]
        parsed, unknown = self.parse_known_args(args, namespace)
        if unknown:
            options = [o for action in self._actions for o in action.option_strings]
            hint = did_you_mean(unknown[0], options) if unknown[0].startswith("-") else ""
            self.error(f"unexpected argument '{unknown[0]}'" + (f": {hint}" if hint else ""))
        return parsed


def dispatch(arguments: list[str]) -> int:
    """Run the command that `arguments` names; return the exit code."""
    verbose = "-v" in arguments or "--verbose" in arguments
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO, format="%(message)s", stream=sys.stderr
    )
    try:
        return _run(arguments)
    except MoodpiError as error:
        if verbose:
            logging.exception("moodpi failed")
        else:
            print(f"moodpi: {_one_line(str(error))}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("moodpi: interrupted", file=sys.stderr)
        return 128 + signal.SIGINT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED


def _run(arguments: list[str]) -> int:
    name = arguments[0]
    if name not in COMMANDS:
        print(f"moodpi: unknown command '{name}': {did_you_mean(name, COMMANDS)}", file=sys.stderr)
        return EXIT_USAGE
    module = command_module(name)
    parser = Parser(
        prog=f"moodpi {name}",
        description=COMMANDS[name],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.configure(parser)
    _add_verbose(parser)
    code = module.run(parser.parse_args(arguments[1:]))
    sys.stdout.flush()
    return int(code)


def _add_verbose(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="debug log and tracebacks on stderr"
    )


def _one_line(message: str) -> str:
    return re.sub(r"\s*\n\s*", "; ", message.strip())
