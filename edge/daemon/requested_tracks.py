"""Tracks that a person has chosen to be played, such as those for a photo."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.store import Catalog
from edge.mood.affect import Affect
from edge.music.recommendation import Recommendation, RecommendedTrack
from edge.players import Player
from moodpi.errors import MoodpiError

# The strategy of such a list.
REQUESTED = "request"


def requested_tracks(
    ids: Sequence[str], emotion: str, catalog: Catalog, player: Player
) -> Recommendation:
    """Those of the tracks that the player can play, in their order.

    emotion: What they were chosen for. Raises MoodpiError without a player (`no_player`), if the
    player's songs are not known yet, and if it has none of the tracks (`no_songs`).
    """
    kind = player.settings.kind
    if kind == "print":
        raise MoodpiError('no player is configured: player.kind is "print"', code="no_player")
    rowids = player.playable(catalog)
    playable = None if rowids is None else frozenset(rowids)
    found = catalog.find(ids)
    tracks = tuple(
        RecommendedTrack(found[one], f"requested, for a {emotion} face")
        for one in dict.fromkeys(ids)
        if one in found and (playable is None or found[one].rowid in playable)
    )
    if not tracks:
        raise MoodpiError(f"the player ({kind}) has none of these songs", code="no_songs")
    affect = Affect.from_emotion(emotion)
    return Recommendation(affect.valence, affect.arousal, REQUESTED, tracks, emotion)
