"""The upgrade of a configuration of 0.1.0."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from stat import S_IMODE

import pytest

import edge.config.load
from edge.config.load import load_config, parse_config
from edge.config.renamed import REMOVED, RENAMED
from edge.ops.service import system_service
from edge.ops.service.configuration import unmentioned_settings, upgrade_keys, upgrade_steps
from edge.ops.service.steps import execute_steps
from edge.ops.service.system_service import system_install_steps
from moodpi.cli.main import main
from tests.raising import raises

OLD_FILE = Path(__file__).with_name("moodpi-0.1.0.toml")
NOWHERE = Path("/etc/moodpi/moodpi.toml")
# The settings that 0.1.0 did not have.
ADDED = [
    "source.ignore",
    "mood.learn_resting_face",
    "recommend.popularity",
    "player.subsonic",
    "player.subsonic_password",
    "web.trusted_proxies",
    "web.root",
    "web.origins",
    "privacy.preview",
]


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """The moodpi.toml of 0.1.0 with a user's edits, among them every old key."""
    text = OLD_FILE.read_text()
    for commented, edit in (
        ("# smallest_face = 30", "smallest_face = 40   # my camera is far away"),
        ("# neighbours = 6", "neighbours=4"),
        ("# patience = 12.0", "patience = 30"),
        ("# floor = 0.25", "floor = 0.3"),
        ("# settle = 2.0", "settle = 1.5"),
        ("# dwell = 0.2", "dwell = 1  # calm"),
        ("# without_artists = []", "without_artists = [\n  'Nickelback',  # never\n]"),
        ("# least_popularity = 0", "  least_popularity = 20"),
        ('# kind = "print"', 'kind = "mpd"'),
        ('# mpd_password = ""', 'mpd_password = "secret"'),
        ('# quiet = ""', '# the neighbours sleep\nquiet = "22:30-07:00"'),
        ("# with_run = false", '"with_run" = true'),
    ):
        assert text.count(commented) == 1
        text = text.replace(commented, edit)
    path = tmp_path / "moodpi.toml"
    path.write_text(text)
    return path


def test_every_old_key_of_an_edited_file_is_renamed_in_its_place_or_removed(edited: Path) -> None:
    before = edited.read_text()
    with raises("renamed_key"):
        parse_config(before, NOWHERE)

    after, changes = upgrade_keys(before)

    renamed = [f"rename {old} to {new}" for old, new in RENAMED.items()]
    assert changes == [*renamed, *(f"remove {old}" for old in REMOVED)]
    config = parse_config(after, NOWHERE)
    assert (config.faces.min_face_size, config.faces.min_neighbours) == (40, 4)
    assert config.mood.unsure_timeout == 30
    assert config.recommend.excluded_artists == ("Nickelback",)
    assert config.recommend.min_popularity == 20
    assert config.player.quiet_hours == "22:30-07:00"
    assert config.web.enabled
    assert "min_face_size = 40   # my camera is far away\n" in after
    assert "excluded_artists = [\n  'Nickelback',  # never\n]\n" in after
    removed = ("floor = 0.3", "settle = 1.5", "dwell = 1  # calm")
    kept = [line for line in before.splitlines() if line not in removed]
    changed = [(old, new) for old, new in zip(kept, after.splitlines(), strict=True) if old != new]
    assert len(changed) == len(RENAMED)


def test_the_shipped_file_of_0_1_0_mentions_every_setting_after_the_upgrade() -> None:
    after, changes = upgrade_keys(OLD_FILE.read_text())
    assert changes == []
    assert unmentioned_settings(after) == ADDED
    assert tomllib.loads(after) == tomllib.loads(OLD_FILE.read_text())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('player.quiet = "1:00-2:00" # x\n', 'player.quiet_hours = "1:00-2:00" # x\n'),
        ("mood = { patience = 3, enter = 1 }", "mood = { unsure_timeout = 3, enter = 1 }"),
        ("mood = { patience = 3, dwell = 1 }", "mood = { unsure_timeout = 3 }"),
        ("mood.dwell = 3\nmood.enter = 0.9\n", "mood.enter = 0.9\n"),
        ("web.port = 1\nmood.dwell = 3\nmood.floor = 0.9\n", "web.port = 1\n"),
        ("[mood]\nenter = 1 # x\ndwell = 3\n[web]\n", "[mood]\nenter = 1 # x\n[web]\n"),
        ("mood.patience = 3\nmood.enter = 0.9\n", "mood.unsure_timeout = 3\nmood.enter = 0.9\n"),
        (
            "mood.enter = 0.9\nweb.port = 1\nmood.patience = 3 # x\nweb.with_run = true\n",
            "mood.enter = 0.9\nweb.port = 1\nmood.unsure_timeout = 3 # x\nweb.enabled = true\n",
        ),
        ("[ web ]\r\nwith_run=true\r\n", "[ web ]\r\nenabled=true\r\n"),
        ("[faces]\n# neighbours = 6\n", "[faces]\n# min_neighbours = 6\n"),
        ("[mqtt]\n# neighbours = 6\n", "[mqtt]\n# neighbours = 6\n"),
        ("mood = 3\n", "mood = 3\n"),
        ("", ""),
    ],
)
def test_keys_are_changed_however_they_are_written(text: str, expected: str) -> None:
    after, _ = upgrade_keys(text)
    assert tomllib.loads(after) == tomllib.loads(expected)
    assert after.replace(" ", "") == expected.replace(" ", "")


def test_a_section_with_both_names_stays_as_it_is() -> None:
    text = '[player]\nquiet = "1:00-2:00"\nquiet_hours = ""\n'
    assert upgrade_keys(text) == (text, [])


def test_an_edit_that_would_change_a_value_is_an_error() -> None:
    with raises("cannot_edit"):
        upgrade_keys('[player]\nmpd_password = """\n# quiet = 1\n"""\n')


def test_the_upgrade_keeps_a_backup_with_its_permissions_and_prints_the_changes(
    edited: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edited.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(edited, 1234, 1235)
    before, owner = edited.read_text(), edited.stat()

    execute_steps(upgrade_steps(edited), dry_run=False)

    backup = edited.with_name("moodpi.toml.before-upgrade")
    assert backup.read_text() == before
    for path in (edited, backup):
        found = path.stat()
        assert S_IMODE(found.st_mode) == 0o640
        assert (found.st_uid, found.st_gid) == (owner.st_uid, owner.st_gid)
    printed = capsys.readouterr().out
    for old, new in RENAMED.items():
        assert f"{old} to {new}" in printed
    assert "secret" not in printed
    assert load_config(edited).player.mpd_password == "secret"  # noqa: S105
    assert list(upgrade_steps(edited)) == []


def test_a_dry_run_changes_nothing(edited: Path) -> None:
    before = edited.read_text()
    execute_steps(upgrade_steps(edited), dry_run=True)
    assert edited.read_text() == before
    assert list(edited.parent.iterdir()) == [edited]


def test_the_command_upgrades_a_file(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--check", "--config", str(edited)]) == 78
    assert main(["config", "--upgrade", "--config", str(edited)]) == 0
    assert main(["config", "--check", "--config", str(edited)]) == 0
    capsys.readouterr()
    assert main(["config", "--upgrade", "--config", str(edited)]) == 0
    assert capsys.readouterr().out == f"OK: {edited} has no old keys\n"
    assert main(["config", "--upgrade", "--config", str(edited) + "x"]) == 78


def test_an_upgrade_without_any_file_is_a_usage_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MOODPI_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(edge.config.load, "SYSTEM_FILE", tmp_path / "absent.toml")
    assert main(["config", "--upgrade"]) == 2
    assert "--config FILE" in capsys.readouterr().err


def test_a_file_that_is_not_utf8_is_an_error_of_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "moodpi.toml"
    path.write_bytes(b"# M\xfcsik\n")
    assert main(["config", "--upgrade", "--config", str(path)]) == 78
    assert "not UTF-8" in capsys.readouterr().err
    monkeypatch.setattr(system_service, "CONFIGURATION", path)
    with raises("not_utf8"):
        next(system_install_steps(None, None, ""))


def test_a_dry_run_with_old_keys_prints_no_new_settings(
    edited: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system_service, "CONFIGURATION", edited)
    assert main(["service", "install", "--dry-run"]) == 0
    assert f"does not mention: {', '.join(ADDED)} (" in capsys.readouterr().out
