"""Check of the sound cards and the access to them."""

from __future__ import annotations

import os
import re
from pathlib import Path

from edge.ops.doctor.result import CheckResult

# Two lines for each card: " 0 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones".
CARDS = Path("/proc/asound/cards")
DEVICES = Path("/dev/snd")
CARD = re.compile(r"^ *\d+ \[.*?\]: \S+ - (.+)$", re.MULTILINE)


def check_sound() -> list[CheckResult]:
    """The sound cards that ALSA lists."""
    try:
        listed = CARD.findall(CARDS.read_text())
    except OSError:
        listed = []
    if not listed:
        fix = "to play music here: dtparam=audio=on in config.txt, or a USB sound card"
        return [CheckResult("sound", "missing", "no sound card", fix)]
    if not all(os.access(path, os.R_OK | os.W_OK) for path in DEVICES.glob("controlC*")):
        fix = "sudo usermod -aG audio $USER, then log in again"
        return [
            CheckResult(
                "sound", "missing", f"{', '.join(listed)} cannot be opened: permission denied", fix
            )
        ]
    return [CheckResult("sound", "ok", ", ".join(listed))]
