"""What the installation writes, before any of it is done to a machine."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from edge.service.files import shipped
from edge.service.machine import configuration, machine_removal, new_settings

MUSIC = Path('/home/pi/My "Müsik"')


@pytest.mark.parametrize(
    "text",
    [
        shipped("moodpi.toml"),
        "",
        "[mood]\nenter = 0.5\n",
        '[player]\nkind = "command"\n\n[web]\nport = 1\n',
    ],
    ids=["as shipped", "empty", "without a player", "with another player"],
)
def test_the_player_asked_for_is_configured_and_all_else_kept(text: str) -> None:
    before, after = tomllib.loads(text), tomllib.loads(configuration(text, "mpv", MUSIC))
    assert after == {**before, "player": {"kind": "mpv", "music": [str(MUSIC)]}}


def test_nothing_asked_for_changes_nothing() -> None:
    text = "# mine\n[player]\nkind='print'"
    assert configuration(text, None, None) == text


def test_settings_that_a_configuration_does_not_speak_of_are_new() -> None:
    text = shipped("moodpi.toml")
    assert new_settings(text) == []
    assert new_settings(text.replace("# neighbours =", "#")) == ["faces.neighbours"]


def test_what_was_learned_stays_unless_it_is_purged() -> None:
    kept = [step.what() for step in machine_removal(purge=False)]
    assert "rm -rf /opt/moodpi" in kept
    assert "rm -rf /var/lib/moodpi" not in kept
    assert "rm -rf /var/lib/moodpi" in [step.what() for step in machine_removal(purge=True)]
