"""What moodpi prints: lines for people, JSON for programs. No other module prints."""

from __future__ import annotations

import codecs
import json
import os
import shutil
import sys
import textwrap
from typing import TextIO

from moodpi.text import escape_controls

# Columns; lines are not folded for less.
MIN_TERMINAL_WIDTH = 60


def print_lines(*lines: str, out: TextIO | None = None) -> None:
    """Print each text as one line, with its control characters escaped, and flush.

    out: By default standard output.
    """
    for line in lines:
        print(escape_controls(line), file=out)
    print(end="", file=out, flush=True)


def folded(text: str, indent: str) -> list[str]:
    """The text in lines that fit the terminal on standard output, without one in a single line.

    indent: Of all lines but the first.
    """
    if not (sys.stdout and sys.stdout.isatty()):
        return [text]
    width = max(shutil.get_terminal_size().columns, MIN_TERMINAL_WIDTH)
    return textwrap.wrap(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def print_json(document: object, *, indent: int | None = 1, out: TextIO | None = None) -> None:
    """Print a JSON document, which stays valid in every encoding of the output.

    indent: As for json.dumps. out: By default standard output.
    """
    text = json.dumps(document, ensure_ascii=not _is_utf8(out or sys.stdout), indent=indent)
    print_lines(*text.split("\n"), out=out)


def print_progress(text: str) -> None:
    """Replace the last line of a terminal on standard error; without a terminal, do nothing."""
    if sys.stderr and sys.stderr.isatty():
        print(f"\r\033[K{escape_controls(text)}", end="", file=sys.stderr, flush=True)  # noqa: T201


def discard_output(out: TextIO) -> None:
    """Discard what the stream could not write, and everything that is printed to it from now on."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, out.fileno())
    os.close(null)
    out.flush()


def _is_utf8(out: TextIO | None) -> bool:
    """Whether the output can represent every character; a text stream in memory can."""
    encoding = getattr(out, "encoding", None)
    return encoding is None or codecs.lookup(encoding).name == "utf-8"
