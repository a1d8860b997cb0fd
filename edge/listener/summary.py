"""What `moodpi taste` says of a listener."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from catalog.names import artist_key
from edge.listener.store import Feedback, ListenerStore, Verdict
from edge.listener.taste import Taste

# What people can read something from; the other kinds of feature only help to tell these apart.
KINDS = ("genre", "decade", "artist")
# Of each kind, the most liked and the least liked.
ENDS = 5


@dataclass(frozen=True)
class Summary:
    """A listener in figures.

    banned: tracks as `title - artist`, and artists. learned: for each kind of feature, names and
    mean weights, the most liked first; above 0 is liked.
    """

    path: str
    played: int
    likes: int
    skips: int
    banned: list[str]
    learned: dict[str, dict[str, float]]

    def as_json(self) -> dict[str, Any]:
        """The summary as plain JSON values."""
        return asdict(self)


def summarize(store: ListenerStore) -> Summary:
    """Read the listener's file and sum it up. Raises MoodpiError where it cannot be read."""
    words = store.feedback()
    counts = Counter(word.verdict for word in words)
    taste = Taste(words)
    learned = {kind: _ends(taste.strongest(kind)) for kind in KINDS}
    spelled = _spelled(words)
    learned["artist"] = {spelled.get(k, k): weight for k, weight in learned["artist"].items()}
    return Summary(
        path=str(store.path),
        played=store.played_count(),
        likes=counts[Verdict.LIKE],
        skips=counts[Verdict.SKIP],
        banned=[word.label for word in words if word.verdict is Verdict.BAN],
        learned={kind: weights for kind, weights in learned.items() if weights},
    )


def _spelled(words: Iterable[Feedback]) -> dict[str, str]:
    """How people write the artists that words were said of, by their folded names."""
    names = {}
    for word in words:
        credit = word.label if word.subject == "artist" else word.label.rpartition(" - ")[2]
        parts = credit.split(", ")
        for count in range(1, len(parts) + 1):
            name = ", ".join(parts[:count])
            if artist_key(name) == word.artist:
                names[word.artist] = name
    return names


def _ends(weights: list[tuple[str, float]]) -> dict[str, float]:
    shown = weights if len(weights) <= 2 * ENDS else weights[:ENDS] + weights[-ENDS:]
    return {name: round(weight, 2) for name, weight in shown}
