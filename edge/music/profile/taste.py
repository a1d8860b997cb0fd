"""A model of one listener's taste, learned online from likes, skips and bans.

Bayesian probit regression: Graepel, Candela, Borchert and Herbrich, "Web-scale Bayesian
click-through rate prediction" (AdPredictor), ICML 2010. Every feature of a track has a Gaussian
weight. Feedback moves the weights of its track's features; those with a large variance move most.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from catalog.artists import credited_artists
from catalog.store import Track
from edge.music.profile.store import Feedback, Verdict

# The variance of the noise, beta squared in the paper. A larger one learns slower and steadier.
NOISE_VARIANCE = 1.0
# The prior variance of a weight, by the kind of its feature: how much of a taste the kind can
# explain. The track and its artist explain most, the position on the plane least.
PRIOR_VARIANCES: Mapping[str, float] = {
    "any": 0.5,
    "track": 1.0,
    "artist": 1.0,
    "genre": 0.5,
    "decade": 0.3,
    "popularity": 0.2,
    "valence": 0.2,
    "arousal": 0.2,
}
# The width of the classes of popularity, on Spotify's scale 1..100.
POPULARITY_STEP = 25
NEUTRAL_PROBABILITY = 0.5

# A feature's kind and value.
Feature = tuple[str, str | int]


class Taste:
    """What one listener likes. It depends only on their feedback, the oldest first."""

    def __init__(self, feedback: Iterable[Feedback] = ()) -> None:
        # Mean and variance of each weight.
        self._weights: dict[Feature, tuple[float, float]] = {}
        self._banned_tracks: set[str] = set()
        self._banned_artists: set[str] = set()
        self._ratings = 0
        self._verdicts: dict[str, Verdict] = {}
        for item in feedback:
            self._learn(item)

    def __len__(self) -> int:
        """The number of ratings."""
        return self._ratings

    def bans(self, track: Track) -> bool:
        """Whether the track or an artist of its credit is banned."""
        return track.id in self._banned_tracks or (
            bool(self._banned_artists)
            and not self._banned_artists.isdisjoint(credited_artists(track.artist))
        )

    def verdict(self, track: Track) -> Verdict | None:
        """The last verdict on the track; a ban of an artist is one on all their tracks."""
        return Verdict.BAN if self.bans(track) else self._verdicts.get(track.id)

    def like_probability(self, track: Track) -> float:
        """The probability, 0..1, that the listener likes the track rather than skips it.

        F(mean / sqrt(variance)), where F is the standard normal distribution function.
        """
        if not self._weights:
            return NEUTRAL_PROBABILITY
        mean, variance = self._predict(_features(track.id, self._known_artist(track), track))
        return _distribution(mean / math.sqrt(variance))

    def weights(self, kind: str) -> list[tuple[str, float]]:
        """The values of one kind of feature with their mean weights, the most liked first."""
        found = [(str(value), mean) for (k, value), (mean, _) in self._weights.items() if k == kind]
        return sorted(found, key=lambda pair: -pair[1])

    def _learn(self, item: Feedback) -> None:
        """Update the weights by one like (label 1), skip or ban (label -1).

        For a feature of value x, with the total variance s^2 of the prediction:
        mean += label x variance / s v(t), variance *= 1 - x^2 variance / s^2 v(t) (v(t) + t).
        """
        self._ratings += 1
        is_track = item.subject == "track"
        if item.verdict is Verdict.BAN:
            (self._banned_tracks if is_track else self._banned_artists).add(item.key)
        features: dict[Feature, float] = {("artist", item.artist): 1.0}
        if is_track:
            self._verdicts[item.key] = item.verdict
            features = _features(item.key, item.artist, item)
        label = 1.0 if item.verdict is Verdict.LIKE else -1.0
        predicted, total_variance = self._predict(features)
        margin = label * predicted / math.sqrt(total_variance)
        v = _v(margin)
        for feature, value in features.items():
            mean, variance = self._weight(feature)
            gain = value * variance / total_variance
            self._weights[feature] = (
                mean + label * gain * math.sqrt(total_variance) * v,
                variance * (1 - value * gain * v * (v + margin)),
            )

    def _predict(self, features: Mapping[Feature, float]) -> tuple[float, float]:
        """Mean and variance of the latent liking, whose sign is the label."""
        mean, variance = 0.0, NOISE_VARIANCE
        for feature, value in features.items():
            weight_mean, weight_variance = self._weight(feature)
            mean += value * weight_mean
            variance += value * value * weight_variance
        return mean, variance

    def _weight(self, feature: Feature) -> tuple[float, float]:
        return self._weights.get(feature) or (0.0, PRIOR_VARIANCES[feature[0]])

    def _known_artist(self, track: Track) -> str:
        """The key of the credited artist that has feedback, or an empty text."""
        known = [key for key in credited_artists(track.artist) if ("artist", key) in self._weights]
        return max(known, key=lambda key: (len(key), key), default="")


def _v(t: float) -> float:
    """v(t) = N(t) / F(t) of the standard normal distribution, about -t where F(t) underflows."""
    return _density(t) / _distribution(t) if t > -8 else -t


def _density(t: float) -> float:
    """N(t), the density of the standard normal distribution."""
    return math.exp(-t * t / 2) / math.sqrt(2 * math.pi)


def _distribution(t: float) -> float:
    """F(t), the probability 0..1 of a value up to t in the standard normal distribution."""
    return math.erfc(-t / math.sqrt(2)) / 2


def _features(track_id: str, artist: str, attributes: Track | Feedback) -> dict[Feature, float]:
    """The known features of a track with their values. Most are indicators, with value 1."""
    features: dict[Feature, float] = {
        ("any", ""): 1.0,
        ("track", track_id): 1.0,
        ("artist", artist): 1.0,
        ("valence", ""): attributes.valence or 0.0,
        ("arousal", ""): attributes.arousal or 0.0,
    }
    if attributes.genre is not None:
        features["genre", attributes.genre] = 1.0
    if attributes.decade is not None:
        features["decade", attributes.decade] = 1.0
    if attributes.popularity is not None:
        features["popularity", attributes.popularity // POPULARITY_STEP] = 1.0
    return features
