"""How what is missing is brought into the moodpi that runs, in words for a person."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

# The requirement of whatever needs a cascade: OpenCV 5 has none.
OPENCV = "opencv-python-headless>=4.8,<5"
# Where install.sh notes the extras that a version was installed with.
EXTRAS = "extras"
# Their extras come with the player itself.
PLAYERS = ("mpd", "mpv")


def how_to_install(requirement: str) -> str:
    """The command that brings a requirement, as `moodpi[web]`, to the Python that runs this."""
    noted = Path(sys.prefix) / EXTRAS
    if noted.is_file():
        return f"`{_installer(requirement, noted.read_text())}` in moodpi's folder"
    pip = str(Path(sys.prefix) / "bin" / "pip")
    return f"{'pip' if shutil.which('pip') == pip else pip} install '{requirement}'"


def _installer(requirement: str, noted: str) -> str:
    """The call of install.sh, which makes each environment anew: what pip brought would be lost."""
    extra = re.fullmatch(r"moodpi\[(.+)\]", requirement)
    if extra is None:
        return "sudo ./install.sh"
    if extra[1] in PLAYERS:
        return f"sudo ./install.sh --player {extra[1]}"
    extras = {*noted.split(","), extra[1]} - {""}
    return f"sudo ./install.sh --with {','.join(sorted(extras))}"
