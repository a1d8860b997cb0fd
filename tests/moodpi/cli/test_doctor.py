"""`moodpi doctor`: the checks and their fixes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import environment


@pytest.fixture
def configure(tmp_path: Path) -> Callable[[str], None]:
    """Write the user's configuration."""

    def write(text: str) -> None:
        folder = tmp_path / ".config" / "moodpi"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "moodpi.toml").write_text(text)

    return write


def test_every_requirement_is_met_here(moodpi, configure, tmp_path) -> None:
    configure(f'[source]\ndevice = "{tmp_path}"\n')
    done = moodpi("doctor", "--json")
    results = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    ok = {result["subject"] for result in results if result["status"] == "ok"}
    assert {"system", "python", "opencv", "tflite runtime", "model", "catalogue", "disk"} <= ok
    assert all(set(result) == {"subject", "status", "detail", "fix"} for result in results)


def test_a_missing_part_has_a_fix(moodpi) -> None:
    lines = moodpi("doctor").stdout.splitlines()
    absent = [index for index, line in enumerate(lines) if "picamera2" in line and "--" in line]
    assert absent
    assert "sudo apt install python3-picamera2" in lines[absent[0] + 1]


@pytest.mark.parametrize("device", ["/dev/video999", "999", "absent.mp4"])
def test_a_configured_source_that_is_missing_is_a_failed_check(
    moodpi, configure, device: str
) -> None:
    configure(f'[source]\ndevice = "{device}"\n')
    done = moodpi("doctor")
    assert done.returncode == 1
    assert "!!  source" in done.stdout
    assert "1 of" in done.stdout.splitlines()[-1]
    assert moodpi("doctor", "--software").returncode == 0


def test_a_player_that_does_not_answer_is_a_failed_check(moodpi, configure, tmp_path) -> None:
    configure(
        f'[source]\ndevice = "{tmp_path}"\n[player]\nkind = "mpd"\nmpd = "{tmp_path}/absent"\n'
    )
    done = moodpi("doctor")
    assert done.returncode == 1
    assert "!!  player" in done.stdout


def test_an_invalid_configuration_is_a_failed_check(moodpi, configure) -> None:
    configure("[mod]\n")
    done = moodpi("doctor")
    assert done.returncode == 1
    assert "!!  configuration" in done.stdout


def test_a_renamed_key_has_the_upgrade_as_its_fix(moodpi, configure, tmp_path) -> None:
    configure(f'[source]\ndevice = "{tmp_path}"\n[player]\nquiet = "22:30-07:00"\n')
    done = moodpi("doctor")
    assert done.returncode == 1
    assert "fix: moodpi config --upgrade" in done.stdout
    assert moodpi("config", "--upgrade").returncode == 0
    assert moodpi("doctor").returncode == 0


def test_the_summary_is_about_what_music_needs(moodpi, configure, tmp_path) -> None:
    configure(f'[source]\ndevice = "{tmp_path}"\n')
    done = moodpi("doctor", "--summary", "--json")
    assert done.returncode == 0
    subjects = [result["subject"] for result in json.loads(done.stdout)]
    assert subjects == ["source", "sound", "player", "page"]


def test_the_page_is_named_without_its_token(moodpi, configure) -> None:
    pytest.importorskip("starlette", reason="not applicable: the part web is not installed")
    configure('[web]\nenabled = true\nhost = "127.0.0.1"\nport = 1\n')
    assert "login#" in moodpi("serve", "--link", "--host", "0.0.0.0").stdout  # noqa: S104
    (page,) = (
        result
        for result in json.loads(moodpi("doctor", "--summary", "--json").stdout)
        if result["subject"] == "page"
    )
    assert page["status"] == "missing"
    assert page["detail"] == "http://127.0.0.1:1/ does not answer"


def test_on_a_terminal_every_line_fits(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    subprocess.run(
        [sys.executable, "-m", "moodpi", "doctor", "--summary"],
        stdout=theirs,
        cwd=tmp_path,
        env=environment(tmp_path),
        timeout=60,
        check=False,
    )
    os.close(theirs)
    printed = os.read(ours, 65_536).decode()
    os.close(ours)
    lines = printed.splitlines()
    assert max(map(len, lines)) <= 80
    assert sum(line.startswith(" ") for line in lines) > sum("fix: " in line for line in lines)
