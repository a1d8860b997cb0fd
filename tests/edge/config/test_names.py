"""The names that the settings accept are the keys of the tables they stand for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

import pytest

from edge.config.names import FaceChoiceName, PlayerKind, StrategyName, TargetName
from edge.music.strategies import STRATEGIES, TARGETS
from edge.players import PLAYERS, Player, player_class
from edge.vision.face_chooser import FACE_CHOOSERS


@pytest.mark.parametrize(
    ("names", "table"),
    [
        pytest.param(PlayerKind, PLAYERS, id="players"),
        pytest.param(StrategyName, STRATEGIES, id="strategies"),
        pytest.param(TargetName, TARGETS, id="targets"),
        pytest.param(FaceChoiceName, FACE_CHOOSERS, id="face choosers"),
    ],
)
def test_names_are_the_keys_of_their_table(names: object, table: Iterable[str]) -> None:
    assert sorted(get_args(names)) == sorted(table)


@pytest.mark.parametrize("kind", get_args(PlayerKind))
def test_finds_the_class_of_every_kind_of_player(kind: str) -> None:
    # The modules of these kinds import the extra of their name.
    pytest.importorskip({"mpd": "mpd", "mpv": "mutagen"}.get(kind, "edge"))
    player = player_class(kind)
    assert issubclass(player, Player)
    assert player.__name__ == PLAYERS[kind]
