"""Texts of 100 kB that take long in a pattern or a loop with overlapping repetitions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from random import Random

LENGTH = 100_000
# Quadratic and cubic times are noticed before they take minutes.
LENGTHS = (10_000, 25_000, LENGTH)
# Processor time for one text, in seconds.
MAX_SECONDS = 0.2
# Another process can slow one attempt down.
ATTEMPTS = 3

# Repeated, each is a run of what one repetition of a pattern matches, or of what two match.
UNITS = (
    " ", "\t", "\n", "\u3000", "(", "[", ")", "()", "( ", "[ ]", ",", ", ", " , ", ";", " ; ", "/",
    "'", '"', "\\", "@", ":", "=", ":@", "a:", "a@", "&a=", "-", " - ", "- a", "0", "0:", "1,", "a",
    "a ", "A.", "_", "#", "# ", "\0", "\x1b[", "\u0301", "é",
)  # fmt: skip


def hostile_texts(length: int = LENGTH, units: Iterable[str] = UNITS) -> list[str]:
    """Texts of this length: a run of each unit, and runs behind a beginning."""
    runs = [unit * (length // len(unit)) for unit in units]
    return [
        f"a{' ' * length}b",
        f"http://{':' * length}",
        f"rtsp://{'a:' * (length // 2)}/",
        f"['{'a' * length}",
        "".join(Random(16).choices("".join(UNITS), k=length)),
        *(f"{run}!" for run in runs),
    ]


def slow_text(function: Callable[[str], object], units: Iterable[str] = UNITS) -> str | None:
    """The beginning of a text that takes the function more than MAX_SECONDS, or None."""
    for length in LENGTHS:
        for text in hostile_texts(length, units):
            if all(_seconds(function, text) > MAX_SECONDS for _ in range(ATTEMPTS)):
                return f"{length} characters: {text[:20]!r}"
    return None


def _seconds(function: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    function(text)
    return time.process_time() - start
