"""The command that installs a missing requirement."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

# OpenCV 5 has no CascadeClassifier.
OPENCV = "opencv-python-headless>=4.8,<5"
# The file in which install.sh records the extras of a version.
EXTRAS_FILE = "extras"
EXTRA = re.compile(r"moodpi\[(.+)\]")
# Extras that install.sh selects with --player.
PLAYER_EXTRAS = ("mpd", "mpv")


def how_to_install(*requirements: str) -> str:
    """The command that installs requirements such as `moodpi[web]` for the running Python."""
    if is_from_install_sh():
        installed = _extras_file().read_text()
        return f"`{_install_sh(requirements, installed)}` in moodpi's folder"
    pip = str(Path(sys.prefix) / "bin" / "pip")
    names = " ".join(f"'{requirement}'" for requirement in requirements)
    return f"{'pip' if shutil.which('pip') == pip else pip} install {names}"


def how_to_install_picamera2() -> str:
    """The command that makes Debian's picamera2 available to the running Python."""
    package = "sudo apt install python3-picamera2"
    if is_from_install_sh():
        return package
    return f"{package}, and create moodpi's virtual environment with --system-site-packages"


def is_from_install_sh() -> bool:
    """Whether install.sh made the environment of the running Python."""
    return _extras_file().is_file()


def _extras_file() -> Path:
    return Path(sys.prefix) / EXTRAS_FILE


def _install_sh(requirements: Iterable[str], installed: str) -> str:
    """The call of install.sh. It recreates the environment, so packages from pip would be lost."""
    named = {extra[1] for each in requirements if (extra := EXTRA.fullmatch(each))}
    options = [f" --player {player}" for player in PLAYER_EXTRAS if player in named]
    if others := named.difference(PLAYER_EXTRAS):
        extras = {*installed.split(","), *others} - {""}
        options.append(f" --with {','.join(sorted(extras))}")
    return f"sudo ./install.sh{''.join(options)}"
