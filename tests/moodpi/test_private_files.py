"""The state folder has mode 0700 and its files 0600, independent of who creates them and when."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from edge.frontends.web.access_token import load_or_create
from edge.music.profile.locks import selection_lock
from edge.music.profile.store import ProfileStore
from edge.players.saved_server_state import SavedServerState
from moodpi.files import write_atomic
from moodpi.private_files import make_private_folder, write_private
from tests.conftest import ROOT, environment


@pytest.fixture(autouse=True)
def _open_umask():
    """The least careful umask."""
    before = os.umask(0)
    yield
    os.umask(before)


def permissions(folder: Path) -> dict[str, str]:
    """The permissions of a folder and of the files in it, in octal digits."""
    paths = {".": folder, **{path.name: path for path in folder.iterdir()}}
    return {name: f"{stat.S_IMODE(path.stat().st_mode):o}" for name, path in paths.items()}


def use_profile(folder: Path) -> None:
    with ProfileStore.open(folder / "listener.sqlite"):
        assert (folder / "listener.sqlite-wal").exists()
        assert {"listener.sqlite", "listener.sqlite-wal", "listener.sqlite-shm"} <= {
            path.name for path in folder.iterdir()
        }
        assert set(permissions(folder).values()) == {"700", "600"}


def use_lock(folder: Path) -> None:
    with selection_lock(folder):
        pass


def use_token(folder: Path) -> None:
    load_or_create(folder)


def use_server_state(folder: Path) -> None:
    SavedServerState(folder / "server-state.json", "MPD").save({"random": "0"}, ["a"])


@pytest.mark.parametrize("use", [use_profile, use_lock, use_token, use_server_state])
def test_the_folder_is_created_for_its_user_only(use, tmp_path: Path) -> None:
    folder = tmp_path / "state" / "moodpi"
    use(folder)
    found = permissions(folder)
    assert found.pop(".") == "700"
    assert set(found.values()) == {"600"}


@pytest.mark.parametrize("use", [use_profile, use_lock, use_token, use_server_state])
def test_an_existing_folder_and_its_files_become_private(use, tmp_path: Path) -> None:
    folder = tmp_path / "moodpi"
    folder.mkdir(mode=0o755)
    for name in ("library.json", "listener.sqlite.damaged-1", "web-token"):
        (folder / name).write_text("a token of more than 16 characters\n")
    use(folder)
    found = permissions(folder)
    assert found.pop(".") == "700"
    assert set(found.values()) == {"600"}


@pytest.mark.parametrize("arguments", [("taste",), ("like", "1"), ("serve", "--port", "0")])
def test_commands_create_a_private_folder(arguments, tmp_path: Path) -> None:
    command = subprocess.Popen(
        [sys.executable, "-m", "moodpi", *arguments],
        cwd=tmp_path,
        env={**environment(tmp_path), "STATE_DIRECTORY": str(tmp_path / "state")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with command:
        assert command.stdout is not None
        command.stdout.readline()
        command.terminate()
    if (tmp_path / "state").exists():
        found = permissions(tmp_path / "state")
        assert found.pop(".") == "700"
        assert set(found.values()) <= {"600"}


def test_folders_that_are_not_its_own_stay_as_they_are(tmp_path: Path) -> None:
    shared, system = tmp_path / "tmp", tmp_path / "etc"
    shared.mkdir()
    shared.chmod(0o1777)
    (system / "ssl").mkdir(parents=True)
    for folder in (shared, system):
        before = permissions(folder)
        make_private_folder(folder)
        assert permissions(folder) == before


def test_a_link_at_the_temporary_name_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("unchanged")
    for write, mode in ((write_atomic, "666"), (write_private, "600")):
        path = tmp_path / mode / "file"
        path.parent.mkdir()
        path.with_name("file.part").symlink_to(victim)
        write({path: b"new"})
        assert path.read_bytes() == b"new"
        assert not path.is_symlink()
        assert permissions(path.parent)["file"] == mode
    assert victim.read_text() == "unchanged"


@pytest.mark.skipif(os.geteuid() != 0, reason="not applicable: only root can give files away")
def test_what_root_creates_in_a_users_folder_belongs_to_the_user(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 1234, 1235)
    for use in (use_lock, use_token, use_server_state):
        use(home / "moodpi")
    with ProfileStore.open(home / "moodpi" / "listener.sqlite"):
        pass
    for path in (home / "moodpi", *(home / "moodpi").iterdir()):
        assert (path.stat().st_uid, path.stat().st_gid) == (1234, 1235), path


def test_the_units_create_private_files() -> None:
    system = (ROOT / "systemd" / "moodpi.service").read_text()
    assert "\nStateDirectoryMode=0700\n" in system
    assert "\nUMask=0077\n" in system
    assert "\nUMask=0077\n" in (ROOT / "systemd" / "user" / "moodpi.service").read_text()
