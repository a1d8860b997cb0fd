"""What the installation writes, before any of it is done to a machine."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from stat import S_IMODE

import pytest

from edge.ops.service.files import shipped
from edge.ops.service.machine import configuration, machine_removal, new_settings
from edge.ops.service.steps import Write
from moodpi.errors import ConfigurationError

MUSIC = Path('/home/pi/My "Müsik"')


@pytest.mark.parametrize(
    "text",
    [
        shipped("moodpi.toml"),
        "",
        "[mood]\nenter = 0.5\n",
        '[player]\nkind = "command"\n\n[web]\nport = 1\n',
        '[player]\n# kind = "print"\nkind = "mpd" # or "mpv"\n',
        "  [ player ] # mine\n  kind = 'mpd'\n[web]\nport = 1\n",
        "[player]",
        '[player]\nmusic = [\n  "/a",\n  "/b",\n]\nquiet_hours = ""\n',
        '[mqtt]\n# not [player]\nhost = "x"\n',
        '[player]\r\nkind = "mpd"\r\n[web]\r\nport = 1\r\n',
    ],
)
def test_the_player_asked_for_is_configured_and_all_else_kept(text: str) -> None:
    before, after = tomllib.loads(text), tomllib.loads(configuration(text, "mpv", MUSIC))
    player = {**before.get("player", {}), "kind": "mpv", "music": [str(MUSIC)]}
    assert after == {**before, "player": player}


def test_what_cannot_be_changed_without_harm_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r'say there yourself kind = "mpv" and music = \['):
        configuration('player = { kind = "mpd" }\n', "mpv", MUSIC)


def test_nothing_asked_for_changes_nothing() -> None:
    text = "# mine\n[player]\nkind='print'"
    assert configuration(text, None, None) == text


def test_settings_that_a_configuration_does_not_speak_of_are_new() -> None:
    text = shipped("moodpi.toml")
    assert new_settings(text) == []
    assert new_settings(text.replace("# min_neighbours =", "#")) == ["faces.min_neighbours"]


def test_a_file_that_is_there_keeps_owner_and_permissions(tmp_path: Path) -> None:
    path = tmp_path / "moodpi.toml"
    Write("anew", path, "old").do()
    assert S_IMODE(path.stat().st_mode) == 0o644
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 1234, 1235)
    before = path.stat()
    Write("again", path, "new").do()
    after = path.stat()
    assert path.read_text() == "new"
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode,
        before.st_uid,
        before.st_gid,
    )


def test_what_was_learned_stays_unless_it_is_purged() -> None:
    kept = [step.what() for step in machine_removal(purge=False)]
    assert "rm -rf /opt/moodpi" in kept
    assert "rm -rf /var/lib/moodpi" not in kept
    assert "rm -rf /var/lib/moodpi" in [step.what() for step in machine_removal(purge=True)]
