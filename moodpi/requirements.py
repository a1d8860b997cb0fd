"""The command that installs a missing requirement."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

# OpenCV 5 has no CascadeClassifier.
OPENCV = "opencv-python-headless>=4.8,<5"
# The file in which install.sh records the extras of a version.
EXTRAS_FILE = "extras"
EXTRA = re.compile(r"moodpi\[(.+)\]")
# Extras that install.sh selects with --player.
PLAYER_EXTRAS = ("mpd", "mpv")


def how_to_install(requirement: str) -> str:
    """The command that installs a requirement such as `moodpi[web]` for the running Python."""
    extras_file = Path(sys.prefix) / EXTRAS_FILE
    if extras_file.is_file():
        return f"`{_install_sh(requirement, extras_file.read_text())}` in moodpi's folder"
    pip = str(Path(sys.prefix) / "bin" / "pip")
    return f"{'pip' if shutil.which('pip') == pip else pip} install '{requirement}'"


def _install_sh(requirement: str, installed: str) -> str:
    """The call of install.sh. It recreates the environment, so packages from pip would be lost."""
    extra = EXTRA.fullmatch(requirement)
    if extra is None:
        return "sudo ./install.sh"
    if extra[1] in PLAYER_EXTRAS:
        return f"sudo ./install.sh --player {extra[1]}"
    extras = {*installed.split(","), extra[1]} - {""}
    return f"sudo ./install.sh --with {','.join(sorted(extras))}"
