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

logger = logging.getLogger(__name__)

# What brings each package that moodpi imports, for the line that a missing one gives.
BROUGHT_BY = {
    "ai_edge_litert": "moodpi",
    "cv2": "opencv-python-headless>=4.8,<5",
    "imagesize": "moodpi",
    "keras": "moodpi[train]",
    "matplotlib": "moodpi[catalog]",
    "numpy": "moodpi",
    "onnx": "moodpi[convert]",
    "onnxruntime": "moodpi[onnx]",
    "pandas": "moodpi[catalog]",
    "tensorflow": "moodpi[train]",
    "tf2onnx": "moodpi[convert]",
    "tqdm": "moodpi[catalog]",
}


class Parser(argparse.ArgumentParser):
    """argparse with moodpi's manners: one line instead of a page, and the nearest option named."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")

    def parse(self, arguments: list[str]) -> argparse.Namespace:
        """Parse, refusing what is left over with the nearest option's name."""
        parsed, unknown = self.parse_known_args(arguments)
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
            logger.exception("moodpi failed")
        else:
            print(f"moodpi: {_one_line(str(error))}", file=sys.stderr)
        return error.exit_code
    except ModuleNotFoundError as error:
        print(f"moodpi: {_missing(error)}", file=sys.stderr)
        return EXIT_FAILED
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
    code = module.run(parser.parse(arguments[1:]))
    sys.stdout.flush()
    return int(code)


def _add_verbose(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="debug log and tracebacks on stderr"
    )


def _missing(error: ModuleNotFoundError) -> str:
    package = (error.name or "").partition(".")[0]
    if package not in BROUGHT_BY:
        raise error
    return f"{package} is not installed: pip install '{BROUGHT_BY[package]}'"


def _one_line(message: str) -> str:
    return re.sub(r"\s*\n\s*", "; ", message.strip())
