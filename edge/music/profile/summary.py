"""The figures of a profile that `moodpi taste` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from catalog.names import artist_key
from edge.music.profile.store import Feedback, ProfileStore, Verdict
from edge.music.profile.taste import Taste
from moodpi.errors import UsageError, did_you_mean
from moodpi.text import quoted

# The kinds of features whose weights are shown.
SHOWN_KINDS = ("genre", "decade", "artist")
# How many of the most liked, and of the least liked, are shown of each kind.
MAX_SHOWN = 5
# What can be deleted from a profile: the feedback with the learned taste, and the history.
FEEDBACK, PLAYED = "feedback", "played"
FORGET_CHOICES = (FEEDBACK, PLAYED)


@dataclass(frozen=True)
class ProfileSummary:
    """The figures of a profile.

    Attributes:
        path: The profile's file.
        played: The number of played tracks in the history.
        likes, skips: The number of liked and skipped tracks and artists.
        banned: The banned tracks, as `title - artist`, and artists.
        learned: For each kind of feature its values and their mean weights, the most liked first.
            A positive weight is a liking.
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


def summarize_profile(path: Path, forget: Sequence[str] = ()) -> ProfileSummary:
    """Delete the parts of a profile named in `forget`, and summarize the rest.

    Raises:
        UsageError: `forget` contains something other than FORGET_CHOICES.
        MoodpiError: The file cannot be used.
    """
    for part in forget:
        if part not in FORGET_CHOICES:
            raise UsageError(
                f"forget = {quoted(part)}: {did_you_mean(str(part), FORGET_CHOICES)}",
                code="unknown_forget",
            )
    with ProfileStore.open(path) as store:
        if FEEDBACK in forget:
            store.clear_feedback()
        if PLAYED in forget:
            store.clear_played()
        return _summarize(store)


def _summarize(store: ProfileStore) -> ProfileSummary:
    feedback = store.feedback()
    counts = Counter(item.verdict for item in feedback)
    taste = Taste(feedback)
    learned = {kind: _extremes(taste.weights(kind)) for kind in SHOWN_KINDS}
    names = _artist_names(feedback)
    learned["artist"] = {names.get(key, key): mean for key, mean in learned["artist"].items()}
    return ProfileSummary(
        path=str(store.path),
        played=store.played_count(),
        likes=counts[Verdict.LIKE],
        skips=counts[Verdict.SKIP],
        banned=[item.label for item in feedback if item.verdict is Verdict.BAN],
        learned={kind: weights for kind, weights in learned.items() if weights},
    )


def _artist_names(feedback: Iterable[Feedback]) -> dict[str, str]:
    """The names of the artists with feedback as people write them, by key."""
    names = {}
    for item in feedback:
        credit = item.label if item.subject == "artist" else item.label.rpartition(" - ")[2]
        parts = credit.split(", ")
        for count in range(1, len(parts) + 1):
            name = ", ".join(parts[:count])
            if artist_key(name) == item.artist:
                names[item.artist] = name
    return names


def _extremes(weights: list[tuple[str, float]]) -> dict[str, float]:
    """The first and last MAX_SHOWN weights, rounded."""
    few = len(weights) <= 2 * MAX_SHOWN
    shown = weights if few else weights[:MAX_SHOWN] + weights[-MAX_SHOWN:]
    return {value: round(mean, 2) for value, mean in shown}
