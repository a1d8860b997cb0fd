"""The steps of an installation and the edits of the configuration."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from stat import S_IMODE

import pytest

from edge.ops.service.configuration import unmentioned_settings, with_settings
from edge.ops.service.files import shipped_file
from edge.ops.service.mqtt_topics import forget_mqtt_steps
from edge.ops.service.steps import WriteFile
from edge.ops.service.system_service import source_step, system_removal_steps

MUSIC = Path('/home/pi/My "Müsik"')


@pytest.mark.parametrize(
    "text",
    [
        shipped_file("moodpi.toml"),
        "",
        "[mood]\nenter = 0.5\n",
        '[player]\nkind = "command"\n\n[web]\nport = 1\n',
        '[player]\n# kind = "print"\nkind = "mpd" # or "mpv"\n',
        "  [ player ] # mine\n  kind = 'mpd'\n[web]\nport = 1\n",
        "[player]",
        '[player]\nmusic = [\n  "/a",\n  "/b",\n]\nquiet_hours = ""\n',
        '[mqtt]\n# not [player]\nhost = "x"\n',
        'player = { kind = "mpd" }\n',
        'player.kind = "mpd"\nweb.port = 1\n',
        '[player]\r\nkind = "mpd"\r\n[web]\r\nport = 1\r\n',
        '[mood]\nenter = 0.5\n# [player]\n# kind = "print"\n# music = []\n',
        '# [player]\n# kind = "print"\n',
        '[player]\n# kind = "print"\n# kind = "mpd"\n',
        '[player]\n# music = [\n#   "/a",\n# ]\n[web]\nport = 1\n',
        "[player]\n# kind = one of print, mpd\n[web]\nport = 1\n",
        'player.quiet_hours = ""\nplayer.mpd_port = 6600\n',
    ],
)
def test_the_player_is_set_and_everything_else_stays(text: str) -> None:
    before, after = (
        tomllib.loads(text),
        tomllib.loads(with_settings(text, {"player.kind": "mpv", "player.music": [str(MUSIC)]})),
    )
    player = {**before.get("player", {}), "kind": "mpv", "music": [str(MUSIC)]}
    assert after == {**before, "player": player}


def test_the_player_is_set_where_the_shipped_file_shows_it() -> None:
    before = shipped_file("moodpi.toml")
    after = with_settings(before, {"player.kind": "mpd"})
    assert after == before.replace('# kind = "print"', 'kind = "mpd"')


def test_only_the_first_comment_that_is_a_setting_is_uncommented() -> None:
    text = '[player]\n# kind = one of these:\n# kind = "print"\n# kind = "mpd"\n'
    assert with_settings(text, {"player.kind": "mpv"}) == text.replace(
        '# kind = "print"', 'kind = "mpv"'
    )


def test_comments_and_layout_stay() -> None:
    text = "# mine\n[player] # here\n  kind = 'mpd'   # or mpv\n\n# end\n"
    assert with_settings(text, {"player.kind": "mpv"}) == text.replace("'mpd'", '"mpv"')


def test_without_a_player_nothing_changes() -> None:
    text = "# mine\n[player]\nkind='print'"
    assert with_settings(text, {}) == text


def test_settings_that_a_configuration_does_not_mention_are_listed() -> None:
    text = shipped_file("moodpi.toml")
    assert unmentioned_settings(text) == []
    assert unmentioned_settings(text.replace("# min_neighbours =", "#")) == ["faces.min_neighbours"]


def test_an_existing_file_keeps_its_owner_and_permissions(tmp_path: Path) -> None:
    path = tmp_path / "moodpi.toml"
    WriteFile("create", path, "old").execute()
    assert S_IMODE(path.stat().st_mode) == 0o644
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 1234, 1235)
    before = path.stat()
    WriteFile("replace", path, "new").execute()
    after = path.stat()
    assert path.read_text() == "new"
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode,
        before.st_uid,
        before.st_gid,
    )


def test_only_a_purge_removes_the_state() -> None:
    removed = [step.as_command() for step in system_removal_steps(purge=False)]
    assert "rm -rf /opt/moodpi" in removed
    assert "rm -rf /var/lib/moodpi" not in removed
    assert "rm -rf /var/lib/moodpi" in [
        step.as_command() for step in system_removal_steps(purge=True)
    ]


def test_topics_are_deleted_where_a_broker_is_configured(tmp_path: Path) -> None:
    configuration = tmp_path / "moodpi.toml"
    configuration.write_text('[mqtt]\nhost = "broker"\n')
    (step,) = forget_mqtt_steps(Path("/opt/m"), configuration)
    assert step.as_command() == f"/opt/m mqtt forget --config {configuration}"


@pytest.mark.parametrize("text", ["", "[mqtt]\nport = 1\n", "[mqtt", "[mqtt]\nport = 0\n"])
def test_without_a_usable_broker_no_topics_are_deleted(tmp_path: Path, text: str) -> None:
    configuration = tmp_path / "moodpi.toml"
    assert list(forget_mqtt_steps(Path("/opt/m"), configuration)) == []
    configuration.write_text(text)
    assert list(forget_mqtt_steps(Path("/opt/m"), configuration)) == []


@pytest.mark.parametrize(
    ("device", "line"),
    [
        ("/home/me/my film.avi", 'BindReadOnlyPaths="-/home/me/my film.avi"'),
        ("/dev/video0", ""),
        ("picamera2", ""),
        ("http://192.0.2.7/video", ""),
    ],
)
def test_the_service_can_read_a_film(device: str, line: str) -> None:
    step = source_step(device)
    assert (step.content.splitlines()[1] if isinstance(step, WriteFile) else "") == line
