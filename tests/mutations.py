"""Seeded random changes of bytes, for fuzzing readers of files and lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import pytest

# The seed of every fuzz, so that a failure can be repeated.
SEED = 16
# The number of changed inputs of a fuzz in `make test`, and in `make test-long`.
FUZZ_SIZES = [200, pytest.param(5000, marks=pytest.mark.long)]
# Values that readers of text formats do not expect.
WORDS: Sequence[bytes] = (
    b'"', b"'", b"{", b"}", b"[", b"]", b":", b"=", b",", b"\\", b"\n", b"\0", b"\xff", b"null",
    b"true", b"NaN", b"-0", b"1e999", b"9" * 310, b"9" * 5000, b"0x" + b"f" * 5000, b"[" * 5000,
    b"[" * 2000 + b"]" * 2000, b'{"a":' * 2000, b"\\ud800", b"\\u0000", b"\x1b[31m", b" " * 5000,
    b"1979-05-27", "\u202e\u0663".encode(), b'""', b"[]", b"{}", b"-1", b"0.5",
)  # fmt: skip


def mutations(
    contents: Sequence[bytes], count: int, words: Sequence[bytes] = WORDS
) -> Iterator[bytes]:
    """`count` variants of random contents, each with one to eight changes."""
    random = Random(SEED)
    for _ in range(count):
        content = bytearray(random.choice(contents))
        for _ in range(random.choice((1, 1, 2, 4, 8))):
            _mutate(content, random, words)
        yield bytes(content)


def _mutate(content: bytearray, random: Random, words: Sequence[bytes]) -> None:
    position = random.randrange(len(content) + 1)
    match random.randrange(5):
        case 0:
            content[position : position + 1] = random.randbytes(1)
        case 1:
            del content[position : position + random.randrange(1, 30)]
        case 2:
            content[position:position] = random.choice(words)
        case 3:
            content[position:position] = content[random.randrange(len(content) + 1) :][:200]
        case _:
            content[position : position + 4] = random.randbytes(4)
