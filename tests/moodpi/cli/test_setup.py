"""`moodpi setup`: questions, options, and the edit of moodpi.toml."""

from __future__ import annotations

import os
import pty
import secrets
import select
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from stat import S_IMODE

import pytest

from edge.ops.service.files import shipped_file
from tests.conftest import environment
from tests.edge.players.server_processes import free_port
from tests.edge.players.supysonic import PASSWORD, running_supysonic

HOME_PAGE = {"enabled": True, "host": "0.0.0.0"}  # noqa: S104


@pytest.fixture
def music(tmp_path: Path) -> Path:
    (tmp_path / "songs").mkdir()
    return tmp_path / "songs"


def secret_word() -> str:
    """A password of letters that no rule for URLs and names finds."""
    return f"word{secrets.token_hex(8)} of-mine"


@pytest.mark.parametrize(
    ("section", "line", "option", "value"),
    [
        ("player", 'subsonic_password = "{secret}"', "--player", "mpd"),
        ("player", 'mpd_password = "{secret}"', "--player", "mpd"),
        ("player", 'mpd = "{secret}@music.local"', "--player", "mpd"),
        ("player", 'subsonic = "http://me:{secret}@music.local"', "--player", "mpd"),
        ("player", 'command = ["play", "--to", "{secret}"]', "--player", "mpd"),
        ("mqtt", 'password = "{secret}"', "--page", "home"),
        ("source", 'device = "rtsp://me:{secret}@192.0.2.9/a"', "--camera", "0"),
        ("source", 'device = "http://192.0.2.9/a?loginpas={secret}"', "--camera", "0"),
    ],
)
def test_no_secret_of_the_file_is_shown(moodpi, tmp_path, section, line, option, value) -> None:
    secret, file = secret_word(), tmp_path / "moodpi.toml"
    file.write_text(f"[{section}]\n{line.format(secret=secret)} # {secret}\n")
    done = moodpi("setup", "--yes", "--config", file, option, value)
    assert done.returncode == 0, done.stderr
    assert "+" in done.stdout
    assert not any(word in done.stdout + done.stderr for word in secret.split())


def test_a_camera_with_a_password_makes_the_file_private(moodpi, tmp_path) -> None:
    secret, file = secrets.token_hex(8), tmp_path / "moodpi.toml"
    options = ("--camera", f"rtsp://me:{secret}@192.0.2.9/a", "--player", "print")
    done = moodpi("setup", "--yes", "--config", file, *options)
    assert done.returncode == 0, done.stderr
    assert secret not in done.stdout + done.stderr
    assert '+device = "rtsp://***@192.0.2.9/a"' in done.stdout
    assert S_IMODE(file.stat().st_mode) == 0o600


def test_an_unreachable_server_and_its_password_from_a_file(moodpi, tmp_path) -> None:
    secret, file = secret_word(), tmp_path / "moodpi.toml"
    (tmp_path / "password").write_text(f"{secret}\n")
    old = secret_word()
    file.write_text(f'[player]\nsubsonic_password = "{old}"\n')
    address = f"http://me@127.0.0.1:{free_port()}"
    options = ("--player", "subsonic", "--server", address, "--password-file", "password")
    done = moodpi("setup", "--yes", "--config", file, *options)
    assert done.returncode == 0, done.stderr
    assert "does not answer" in done.stdout
    assert '-subsonic_password = "***"\n+subsonic_password = "***"' in done.stdout
    assert not any(word in done.stdout + done.stderr for word in f"{old} {secret}".split())
    player = tomllib.loads(file.read_text())["player"]
    assert player == {"kind": "subsonic", "subsonic": address, "subsonic_password": secret}
    assert S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.system
def test_the_password_of_a_subsonic_server_is_not_echoed(tmp_path, music) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    silence = ("-f", "lavfi", "-i", "anullsrc", "-t", "1", "-metadata", "artist=A")
    for title in "One", "Two":
        song = ("-metadata", f"title={title}", music / f"{title}.mp3")
        subprocess.run(["ffmpeg", "-v", "error", *silence, *song], check=True)
    (tmp_path / "server").mkdir()
    ours, theirs = pty.openpty()
    with running_supysonic(tmp_path / "server", music) as server:
        options = (
            "--camera",
            "0",
            "--page",
            "off",
            "--resting-face",
            "off",
            "--player",
            "subsonic",
        )
        with subprocess.Popen(
            [sys.executable, "-m", "moodpi", "setup", "--config", "moodpi.toml", *options],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=tmp_path,
            env=environment(tmp_path),
            start_new_session=True,
        ) as setup:
            shown = read_until(ours, b"Which address")
            os.write(ours, f"{server.address}\n".encode())
            shown += read_until(ours, b"Your password")
            os.write(ours, f"{PASSWORD}\n".encode())
            shown += read_until(ours, b"Write this?")
            os.write(ours, b"yes\n")
            shown += read_until(ours, b"Next, while")
            assert setup.wait(30) == 0
    os.close(theirs)
    os.close(ours)
    assert b": 2 songs" in shown
    assert not any(word in shown for word in PASSWORD.encode().split())
    written = tomllib.loads((tmp_path / "moodpi.toml").read_text())["player"]
    assert written["subsonic_password"] == PASSWORD


def read_until(terminal: int, words: bytes) -> bytes:
    """What a program prints up to these words and the prompt that they begin."""
    shown = b""
    deadline = time.monotonic() + 60
    while words not in shown:
        assert time.monotonic() < deadline, shown
        if select.select([terminal], [], [], 1)[0]:
            shown += os.read(terminal, 4096)
    return shown


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
