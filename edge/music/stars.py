"""The stars that a listener gives songs on a music server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Stars:
    """The stars of one account on a music server.

    Attributes:
        account: The server and the user.
        times: When each starred track was starred, by track id, in seconds since 1970.
        tracks: The URIs of all tracks that the server has, starred or not, by track id.
        own: The ids of starred tracks that moodpi has starred since the stars were read.
    """

    account: str
    times: Mapping[str, float]
    tracks: Mapping[str, str]
    own: frozenset[str] = frozenset()
