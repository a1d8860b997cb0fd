"""`moodpi setup`: questions, options, and the edit of moodpi.toml."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import tomllib
from pathlib import Path
from stat import S_IMODE

import pytest

from edge.ops.service.files import shipped_file
from tests.conftest import environment

HOME_PAGE = {"enabled": True, "host": "0.0.0.0"}  # noqa: S104


@pytest.fixture
def music(tmp_path: Path) -> Path:
    (tmp_path / "songs").mkdir()
    return tmp_path / "songs"


def on_a_terminal(folder: Path, answers: str, *options: str) -> subprocess.CompletedProcess[bytes]:
    ours, theirs = pty.openpty()
    os.write(ours, answers.encode())
    try:
        return subprocess.run(
            [sys.executable, "-m", "moodpi", "setup", *options],
            stdin=theirs,
            capture_output=True,
            cwd=folder,
            env=environment(folder),
            timeout=60,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)


def test_the_options_answer_every_question_and_comments_stay(moodpi, tmp_path, music) -> None:
    file = tmp_path / "moodpi.toml"
    options = ("--camera", "/dev/video0", "--player", "mpv", "--music", music, "--page", "home")
    done = moodpi("setup", "--yes", "--config", file, *options, "--resting-face", "off")
    assert done.returncode == 0, done.stderr
    assert '+kind = "mpv"' in done.stdout
    assert tomllib.loads(file.read_text()) == {
        "source": {"device": "/dev/video0"},
        "faces": {},
        "model": {},
        "mood": {"learn_resting_face": False},
        "recommend": {},
        "player": {"kind": "mpv", "music": [str(music)]},
        "web": HOME_PAGE,
        "mqtt": {},
        "privacy": {},
    }
    comments = {line for line in shipped_file("moodpi.toml").splitlines() if " = " not in line}
    assert comments <= set(file.read_text().splitlines())
    assert moodpi("config", "--check", "--config", file).returncode == 0


def test_settings_that_were_not_asked_for_stay(moodpi, tmp_path, music) -> None:
    file = tmp_path / "moodpi.toml"
    before = f"""\
[player] # mine
kind = "mpv"
music = ["{music}", "/srv/more"]
mpd_password = "hidden-word"
[web]
host = "192.0.2.7"
enabled = true # for the kitchen
"""
    file.write_text(before)
    file.chmod(0o640)
    done = moodpi("setup", "--yes", "--config", file, "--camera", "rtsp://me:word@192.0.2.9/a")
    assert done.returncode == 0, done.stderr
    assert "word" not in done.stdout
    assert file.read_text().startswith(before)
    assert S_IMODE(file.stat().st_mode) == 0o640


def test_without_a_change_nothing_is_written(moodpi, tmp_path) -> None:
    file, link = tmp_path / "mine.toml", tmp_path / "moodpi.toml"
    file.write_text('[player]\nkind = "print"\n')
    link.symlink_to(file)
    done = moodpi("setup", "--yes", "--config", link, "--camera", "picamera2", "--page", "off")
    assert done.returncode == 0
    assert "Nothing to change" in done.stdout
    assert moodpi("setup", "--yes", "--config", link, "--page", "this-machine").returncode == 0
    assert link.is_symlink()
    assert tomllib.loads(file.read_text())["web"] == {"enabled": True}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 2),
        (("--camera", "/dev/video0"), 2),
        (("--yes", "--player", "vlc"), 2),
        (("--yes", "--camera", "picamra"), 2),
        (("--yes", "--camera", "/nowhere/film.mp4"), 1),
        (("--yes", "--player", "mpv", "--music", "/nowhere"), 2),
        (("--yes", "--player", "mpv"), 2),
        (("--yes", "--player", "print", "--music", "/"), 2),
        (("--yes", "--page", "world"), 2),
    ],
)
def test_a_wrong_answer_without_a_terminal_is_one_line(moodpi, tmp_path, options, code) -> None:
    done = moodpi("setup", "--config", tmp_path / "moodpi.toml", *options)
    assert done.returncode == code
    assert done.stderr.startswith("moodpi: ")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "moodpi.toml").exists()


def test_on_a_terminal_a_wrong_answer_is_asked_again(tmp_path, music) -> None:
    answers = f"picamra\n/dev/video0\nmvp\nmpv\n/nowhere\n{music}\nhome\n\nyes\n"
    done = on_a_terminal(tmp_path, answers, "--config", "moodpi.toml")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(b"\n") == 3
    written = tomllib.loads((tmp_path / "moodpi.toml").read_text())
    assert written["source"] == {"device": "/dev/video0"}
    assert written["player"] == {"kind": "mpv", "music": [str(music)]}
    assert written["web"] == HOME_PAGE


@pytest.mark.parametrize("end", ["no\n", "\x04"])
def test_without_a_yes_nothing_is_written(tmp_path, end) -> None:
    options = ("--camera", "0", "--player", "print", "--page", "off", "--resting-face", "off")
    done = on_a_terminal(tmp_path, end, "--config", "moodpi.toml", *options)
    assert done.returncode == 1
    assert b"+device" in done.stdout
    assert not (tmp_path / "moodpi.toml").exists()
