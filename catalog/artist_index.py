"""An index of the artists of a catalogue: finds a name, and the most similar name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from catalog.artists import credited_artists
from catalog.names import artist_key

# Longer names are not compared with others; the longest keys are compared by their beginning.
MAX_COMPARED_LENGTH = 100
# The classes of characters that are counted, by the last five bits of their bytes.
CLASSES = 32
# The names that are compared character by character, and the keys that are counted at a time.
MAX_COMPARED, BLOCK_SIZE = 50, 10_000


class ArtistIndex:
    """Finds artists by key. The time does not depend on the names that are asked for.

    all_credits: The credits of all tracks.
    """

    def __init__(self, all_credits: Iterable[str]) -> None:
        self._credits: dict[str, str] = {}
        for credit in all_credits:
            for key in credited_artists(credit):
                self._credits.setdefault(key, credit)

    def __contains__(self, name: str) -> bool:
        """Whether a credit names this artist, in any spelling."""
        return artist_key(name) in self._credits

    def most_similar(self, name: str) -> str | None:
        """The credit with the name that is most similar to another name, or None."""
        from difflib import get_close_matches  # only an error needs it

        if not self._credits or not name or len(name) > MAX_COMPARED_LENGTH:
            return None
        key = artist_key(name)
        keys = [*self._credits]
        candidates = [keys[row] for row in self._rows_with_most_shared_characters(key)]
        nearest = get_close_matches(key, candidates, n=1)
        return self._credits[nearest[0]] if nearest else None

    def _rows_with_most_shared_characters(self, key: str) -> list[int]:
        """The numbers of MAX_COMPARED keys with the highest possible similarity, at least.

        The similarity of difflib is at most twice the number of shared characters over all
        characters (SequenceMatcher.quick_ratio).
        """
        wanted = _count_characters([key])
        shared = np.minimum(self._counts, wanted).sum(axis=1, dtype=np.int64)
        total = self._counts.sum(axis=1, dtype=np.int64) + wanted.sum(dtype=np.int64)
        order = np.argsort(-shared / np.maximum(total, 1), kind="stable")
        return [int(row) for row in order[:MAX_COMPARED]]

    @cached_property
    def _counts(self) -> NDArray[np.uint8]:
        """uint8 [keys, CLASSES]: the characters of each key."""
        return np.concatenate([_count_characters(keys) for keys in _blocks([*self._credits])])


def _blocks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), BLOCK_SIZE):
        yield keys[start : start + BLOCK_SIZE]


def _count_characters(keys: Sequence[str]) -> NDArray[np.uint8]:
    """uint8 [keys, CLASSES]: how often each class of characters is in the beginning of a key."""
    encoded = [key.encode(errors="replace")[:MAX_COMPARED_LENGTH] for key in keys]
    rows = np.repeat(np.arange(len(keys)), [len(key) for key in encoded])
    classes = np.frombuffer(b"".join(encoded), np.uint8) % CLASSES
    counts = np.bincount(rows * CLASSES + classes, minlength=len(keys) * CLASSES)
    return counts.reshape(-1, CLASSES).astype(np.uint8)
