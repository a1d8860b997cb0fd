"""Parse one command's arguments, run it, and turn any MoodpiError into one line and a code."""

from __future__ import annotations

import argparse
import io
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import NoReturn

from moodpi.cli.table import COMMANDS
from moodpi.errors import EXIT_FAILED, MoodpiError, UsageError, did_you_mean, report
from moodpi.requirements import OPENCV, how_to_install

logger = logging.getLogger(__name__)

# Whose remarks are for people; of other libraries' logs only what is wrong is.
OURS = ("moodpi", "edge", "catalog", "models", "training", "convert")
# What brings each package that moodpi imports, for the line that a missing one gives.
BROUGHT_BY = {
    "ai_edge_litert": "moodpi",
    "cv2": OPENCV,
    "imagesize": "moodpi",
    "keras": "moodpi[train]",
    "matplotlib": "moodpi[catalog]",
    "mpd": "moodpi[mpd]",
    "mutagen": "moodpi[mpv]",
    "numpy": "moodpi",
    "onnx": "moodpi[convert]",
    "onnxruntime": "moodpi[onnx]",
    "pandas": "moodpi[catalog]",
    "seaborn": "moodpi[train]",
    "python_multipart": "moodpi[web]",
    "starlette": "moodpi[web]",
    "tensorflow": "moodpi[train]",
    "tomlkit": "moodpi",
    "tf2onnx": "moodpi[convert]",
    "tqdm": "moodpi[catalog]",
    "uvicorn": "moodpi[web]",
}


class Parser(argparse.ArgumentParser):
    """argparse with moodpi's manners: one line instead of a page, and the nearest option named."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")

    def parse(self, arguments: list[str]) -> argparse.Namespace:
        """Parse, refusing what is left over with the nearest option's name."""
        parsed, unknown = self.parse_known_args(arguments)
        if unknown:
            options = {option for parser in _all(self) for option in _options(parser)}
            misspelled = unknown[0].startswith("-") and unknown[0] not in options
            hint = did_you_mean(unknown[0], options) if misspelled else ""
            self.error(f"unexpected argument '{unknown[0]}'" + (f": {hint}" if hint else ""))
        return parsed


def _all(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A parser and those of its verbs; argparse has no public way to ask."""
    yield parser
    for action in parser._actions:  # noqa: SLF001
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for below in action.choices.values():
                yield from _all(below)


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:  # noqa: SLF001
        yield from action.option_strings


def dispatch(arguments: list[str]) -> int:
    """Run the command that `arguments` names; return the exit code."""
    verbose = "-v" in arguments or "--verbose" in arguments
    start_logging(verbose=verbose)
    signal.signal(signal.SIGTERM, _terminate)
    _accept_any_text()
    try:
        return _run(arguments)
    except Exception as error:
        line, code = _explain(error)
        if verbose:
            logger.exception("moodpi failed")
        report(line)
        return code
    except KeyboardInterrupt:
        report("interrupted")
        return 128 + signal.SIGINT


def start_logging(*, verbose: bool) -> None:
    """Log to standard error, by a descriptor of its own; of other libraries only what is wrong.

    Descriptor 2 is silenced while native libraries load (moodpi/stderr.py), and what another thread
    says of a broker or a page meanwhile must not be lost.
    """
    stream = sys.stderr
    with suppress(OSError):  # it may be closed
        stream = os.fdopen(os.dup(2), "w", encoding=stream.encoding, errors="backslashreplace")
    handler = logging.StreamHandler(stream)
    if not verbose:
        handler.addFilter(_concerns_people)
    level = logging.DEBUG if verbose else logging.INFO
    logging.basicConfig(level=level, format="%(message)s", handlers=[handler])


def _concerns_people(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in OURS


def _run(arguments: list[str]) -> int:
    name = arguments[0]
    if name not in COMMANDS:
        raise UsageError(f"unknown command '{name}': {did_you_mean(name, COMMANDS)}")
    return int(COMMANDS[name].load().run(parser_of(name).parse(arguments[1:])))


def parser_of(name: str) -> Parser:
    """The parser of one command of COMMANDS."""
    parser = Parser(
        prog=f"moodpi {name}",
        description=COMMANDS[name].help,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(command=name)
    COMMANDS[name].load().configure(parser)
    for one in _all(parser):
        told = "debug log and tracebacks on stderr" if one is parser else argparse.SUPPRESS
        one.add_argument("-v", "--verbose", action="store_true", help=told)
    return parser


def _explain(error: Exception) -> tuple[str, int]:
    """What to tell the person of an error and the exit code; one that is a bug goes on up."""
    if isinstance(error, MoodpiError):
        return str(error), error.exit_code
    package = (getattr(error, "name", None) or "").partition(".")[0]
    if isinstance(error, ModuleNotFoundError) and package in BROUGHT_BY:
        return f"{package} is not installed: {how_to_install(BROUGHT_BY[package])}", EXIT_FAILED
    if isinstance(error, ImportError) and not isinstance(error, ModuleNotFoundError):
        return f"a library cannot be loaded ({error}): see `moodpi doctor`", EXIT_FAILED
    # A pipe that closed is the command line's to handle: the reader has seen enough.
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        return f"{error.filename or 'output'}: {error.strerror or error}", EXIT_FAILED
    raise error


def _terminate(_signal: int, _frame: object) -> NoReturn:
    """Leave by the way that removes temporary files; `run` handles the signal itself."""
    raise SystemExit(128 + signal.SIGTERM)


def _accept_any_text() -> None:
    """Titles and file names hold what a terminal's encoding may not."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
