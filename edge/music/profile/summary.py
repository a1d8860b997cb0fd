"""What `moodpi taste` says of a listener."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from catalog.names import artist_key
from edge.music.profile.store import Feedback, ListenerStore, Verdict
from edge.music.profile.taste import Taste
from moodpi.errors import UsageError, did_you_mean

# What people can read something from; the other kinds of feature only help to tell these apart.
KINDS = ("genre", "decade", "artist")
# Of each kind, the most liked and the least liked.
ENDS = 5
# What a listener may have forgotten: what they said with what it taught, and what they were given.
FORGETTABLE = FEEDBACK, PLAYED = ("feedback", "played")


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

    def to_json(self) -> dict[str, Any]:
        """The fields of `moodpi taste --json`."""
        return asdict(self)


def summary_after(path: Path, forget: Sequence[str]) -> Summary:
    """Delete what is to be forgotten, of FORGETTABLE, from a listener's file; sum up the rest.

    UsageError where it is something else, MoodpiError where the file cannot be used.
    """
    for what in forget:
        if what not in FORGETTABLE:
            raise UsageError(f"forget: {did_you_mean(str(what), FORGETTABLE)}")
    with ListenerStore.open(path) as store:
        if FEEDBACK in forget:
            store.forget_feedback()
        if PLAYED in forget:
            store.forget_played()
        return _summarize(store)


def _summarize(store: ListenerStore) -> Summary:
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
