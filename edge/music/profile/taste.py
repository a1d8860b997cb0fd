"""A small model of one listener's taste, learned word by word from likes, skips and bans.

Bayesian online probit regression (Graepel et al. 2010, the model of adPredictor): every feature of
a track has a weight that is a Gaussian; a word moves the weights of its track's features, those
that are still unsure the most.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from statistics import NormalDist

from catalog.artists import credited
from catalog.store import Track
from edge.music.profile.store import Feedback, Verdict

# The variance of a word that contradicts the weights; more learns slower and more steadily.
NOISE = 1.0
# Variance of a weight before anything is known, by the kind of its feature: how much of a taste
# that kind may explain. The track itself and its artist say most, where on the plane it is least.
PRIORS: Mapping[str, float] = {
    "any": 0.5,
    "track": 1.0,
    "artist": 1.0,
    "genre": 0.5,
    "decade": 0.3,
    "popularity": 0.2,
    "valence": 0.2,
    "arousal": 0.2,
}
# Tracks are as popular as one another within these steps of Spotify's 1..100.
POPULARITY_STEP = 25
NOTHING_KNOWN = 0.5
_NORMAL = NormalDist()

Feature = tuple[str, str | int]


class Taste:
    """What one listener likes; made anew from all their words, it depends on those alone."""

    def __init__(self, words: Iterable[Feedback] = ()) -> None:
        self._weights: dict[Feature, tuple[float, float]] = {}
        self._banned_tracks: set[str] = set()
        self._banned_artists: set[str] = set()
        for word in words:
            self._learn(word)

    def __bool__(self) -> bool:
        """Whether anything was said at all."""
        return bool(self._weights)

    def refuses(self, track: Track) -> bool:
        """Whether the track or an artist of its credit is banned."""
        return track.id in self._banned_tracks or (
            bool(self._banned_artists)
            and not self._banned_artists.isdisjoint(credited(track.artist))
        )

    def liking(self, track: Track) -> float:
        """The probability, 0..1, that the listener would rather like this track than skip it."""
        if not self._weights:
            return NOTHING_KNOWN
        mean, variance = self._score(_features(track.id, self._artist(track), track))
        return _NORMAL.cdf(mean / math.sqrt(variance))

    def strongest(self, kind: str) -> list[tuple[str, float]]:
        """What was learned of one kind of feature: names and mean weights, most liked first."""
        found = [(str(name), mean) for (k, name), (mean, _) in self._weights.items() if k == kind]
        return sorted(found, key=lambda pair: -pair[1])

    def _learn(self, word: Feedback) -> None:
        features: dict[Feature, float] = {("artist", word.artist): 1.0}
        if word.subject == "track":
            features = _features(word.key, word.artist, word)
        if word.verdict is Verdict.BAN:
            (self._banned_tracks if word.subject == "track" else self._banned_artists).add(word.key)
        sign = 1.0 if word.verdict is Verdict.LIKE else -1.0
        mean, variance = self._score(features)
        agreement = sign * mean / math.sqrt(variance)
        shift = _shift(agreement)
        for feature, value in features.items():
            centre, spread = self._weight(feature)
            share = value * spread / variance
            self._weights[feature] = (
                centre + sign * share * math.sqrt(variance) * shift,
                spread * (1 - value * share * shift * (shift + agreement)),
            )

    def _score(self, features: Mapping[Feature, float]) -> tuple[float, float]:
        """Mean and variance of the liking, before it is squeezed into a probability."""
        mean, variance = 0.0, NOISE
        for feature, value in features.items():
            centre, spread = self._weight(feature)
            mean += value * centre
            variance += value * value * spread
        return mean, variance

    def _weight(self, feature: Feature) -> tuple[float, float]:
        return self._weights.get(feature) or (0.0, PRIORS[feature[0]])

    def _artist(self, track: Track) -> str:
        """The artist of the track's credit that something was said of, or nobody."""
        known = [name for name in credited(track.artist) if ("artist", name) in self._weights]
        return max(known, key=lambda name: (len(name), name), default="")


def _shift(agreement: float) -> float:
    """How far a word moves the weights: N(t) / F(t), which nears -t where F vanishes."""
    return _NORMAL.pdf(agreement) / _NORMAL.cdf(agreement) if agreement > -8 else -agreement


def _features(identity: str, artist: str, traits: Track | Feedback) -> dict[Feature, float]:
    """The features that are known, with their values; most are there (1) or not."""
    features: dict[Feature, float] = {
        ("any", ""): 1.0,
        ("track", identity): 1.0,
        ("artist", artist): 1.0,
        ("valence", ""): traits.valence or 0.0,
        ("arousal", ""): traits.arousal or 0.0,
    }
    if traits.genre is not None:
        features["genre", traits.genre] = 1.0
    if traits.decade is not None:
        features["decade", traits.decade] = 1.0
    if traits.popularity is not None:
        features["popularity", traits.popularity // POPULARITY_STEP] = 1.0
    return features
