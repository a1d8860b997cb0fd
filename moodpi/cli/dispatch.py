"""Runs a command, and turns an error into one line on stderr and an exit code."""

from __future__ import annotations

import argparse
import io
import logging
import signal
import sys
from collections.abc import Iterator
from typing import NoReturn

from moodpi.cli.logs import start_logging
from moodpi.cli.table import COMMANDS
from moodpi.errors import EXIT_FAILED, MoodpiError, UsageError, did_you_mean, report
from moodpi.requirements import OPENCV, how_to_install
from moodpi.text import quoted

logger = logging.getLogger(__name__)

# Imported package to the requirement that installs it, for the error about a missing one.
REQUIREMENTS = {
    "ai_edge_litert": "moodpi",
    "cv2": OPENCV,
    "keras": "moodpi[train]",
    "matplotlib": "moodpi[catalog]",
    "mpd": "moodpi[mpd]",
    "mutagen": "moodpi[mpv]",
    "numpy": "moodpi",
    "onnx": "moodpi[convert]",
    "onnxruntime": "moodpi[onnx]",
    "paho": "moodpi[mqtt]",
    "pandas": "moodpi[catalog]",
    "pyarrow": "moodpi[catalog]",
    "seaborn": "moodpi[train]",
    "sklearn": "moodpi[catalog]",
    "python_multipart": "moodpi[web]",
    "segno": "moodpi[web]",
    "starlette": "moodpi[web]",
    "tensorflow": "moodpi[train]",
    "tomlkit": "moodpi",
    "tf2onnx": "moodpi[convert]",
    "tqdm": "moodpi[catalog]",
    "uvicorn": "moodpi[web]",
}


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line and suggest the nearest option."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")

    def parse(self, arguments: list[str]) -> argparse.Namespace:
        """The parsed arguments; UsageError for an unknown one."""
        parsed, unknown = self.parse_known_args(arguments)
        if unknown:
            options = {option for parser in _with_subparsers(self) for option in _options(parser)}
            is_misspelled = unknown[0].startswith("-") and unknown[0] not in options
            hint = did_you_mean(unknown[0], options) if is_misspelled else ""
            self.error(f"unexpected argument {quoted(unknown[0])}" + (f": {hint}" if hint else ""))
        return parsed


def _with_subparsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A parser and its subparsers; argparse has no public attribute for them."""
    yield parser
    for action in parser._actions:  # noqa: SLF001
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for subparser in action.choices.values():
                yield from _with_subparsers(subparser)


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:  # noqa: SLF001
        yield from action.option_strings


def dispatch(arguments: list[str]) -> int:
    """Run the command `arguments[0]`; return the exit code."""
    verbose = "-v" in arguments or "--verbose" in arguments
    start_logging(verbose=verbose)
    signal.signal(signal.SIGTERM, _terminate)
    _escape_unencodable_text()
    try:
        return _run(arguments)
    except Exception as error:
        line, code = _error_line(error)
        if verbose:
            logger.exception("moodpi failed")
        report(line)
        return code
    except KeyboardInterrupt:
        report("interrupted")
        return 128 + signal.SIGINT


def _run(arguments: list[str]) -> int:
    name = arguments[0]
    if name not in COMMANDS:
        raise UsageError(
            f"unknown command {quoted(name)}: {did_you_mean(name, COMMANDS)}",
            code="unknown_command",
        )
    return int(COMMANDS[name].load().run(parser_of(name).parse(arguments[1:])))


def parser_of(name: str) -> Parser:
    """The argument parser of a command of COMMANDS."""
    parser = Parser(
        prog=f"moodpi {name}",
        description=COMMANDS[name].help,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(command=name)
    COMMANDS[name].load().configure(parser)
    for each in _with_subparsers(parser):
        text = "print debug messages and tracebacks on stderr"
        text = text if each is parser else argparse.SUPPRESS
        each.add_argument("-v", "--verbose", action="store_true", help=text)
    return parser


def _error_line(error: Exception) -> tuple[str, int]:
    """The message and the exit code of an expected error; any other error is raised again."""
    if isinstance(error, MoodpiError):
        return str(error), error.exit_code
    package = (getattr(error, "name", None) or "").partition(".")[0]
    if isinstance(error, ModuleNotFoundError) and package in REQUIREMENTS:
        return f"{package} is not installed: {how_to_install(REQUIREMENTS[package])}", EXIT_FAILED
    if isinstance(error, ImportError) and not isinstance(error, ModuleNotFoundError):
        return f"a library cannot be loaded ({error}): see `moodpi doctor`", EXIT_FAILED
    # main() handles a closed pipe.
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        return f"{error.filename or 'output'}: {error.strerror or error}", EXIT_FAILED
    raise error


def _terminate(_signal: int, _frame: object) -> NoReturn:
    """Exit so that temporary files are removed; `run` installs its own handler."""
    raise SystemExit(128 + signal.SIGTERM)


def _escape_unencodable_text() -> None:
    """Escape characters of titles and file names that the terminal's encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
