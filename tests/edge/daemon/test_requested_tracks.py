"""Tracks that a person has chosen: which of them are played, and when none are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from catalog.store import Catalog
from edge.config.settings import PlayerSettings
from edge.daemon.requested_tracks import REQUESTED, requested_tracks
from tests.edge.fake_music import RecordingPlayer
from tests.raising import raises


class OwnerPlayer(RecordingPlayer):
    """A player of the kind mpv that has these rows of the catalogue; None for all."""

    def __init__(self, rowids: Sequence[int] | None) -> None:
        super().__init__(settings=PlayerSettings(kind="mpv"))
        self.rowids = rowids

    def playable(self, catalog: Catalog) -> Sequence[int] | None:  # noqa: ARG002
        return self.rowids


@pytest.fixture(scope="module")
def catalog() -> Iterator[Catalog]:
    with Catalog.open() as opened:
        yield opened


def test_the_tracks_are_played_in_their_order(catalog: Catalog) -> None:
    ids = [track.id for track in reversed(catalog.tracks([5, 6, 7]))]
    chosen = requested_tracks([*ids, ids[0], "0" * 22], "happy", catalog, OwnerPlayer(None))
    assert [one.track.id for one in chosen.tracks] == ids
    assert (chosen.strategy, chosen.emotion) == (REQUESTED, "happy")


def test_only_tracks_that_the_player_has_are_played(catalog: Catalog) -> None:
    ids = [track.id for track in catalog.tracks([5, 6, 7])]
    chosen = requested_tracks(ids, "sad", catalog, OwnerPlayer([6, 9]))
    assert [one.track.rowid for one in chosen.tracks] == [6]


def test_nothing_is_played_without_a_player_or_without_the_songs(catalog: Catalog) -> None:
    ids = [track.id for track in catalog.tracks([5, 6, 7])]
    with raises("no_songs"):
        requested_tracks(ids, "sad", catalog, OwnerPlayer([9]))
    with raises("no_player"):
        requested_tracks(ids, "sad", catalog, RecordingPlayer())
