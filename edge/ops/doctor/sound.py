"""Sound cards, and whether this user may play through them."""

from __future__ import annotations

import os
import re
from pathlib import Path

from edge.ops.doctor.finding import Finding

# ALSA's list, two lines a card: " 0 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones".
CARDS = Path("/proc/asound/cards")
DEVICES = Path("/dev/snd")


def sound() -> list[Finding]:
    """What ALSA lists."""
    try:
        listed = re.findall(r"^ *\d+ \[.*?\]: \S+ - (.+)$", CARDS.read_text(), re.MULTILINE)
    except OSError:
        listed = []
    if not listed:
        fix = "for music from this machine: dtparam=audio=on in config.txt, or a USB sound card"
        return [Finding("sound", "missing", "no sound card", fix)]
    if not all(os.access(path, os.R_OK | os.W_OK) for path in DEVICES.glob("controlC*")):
        fix = "sudo usermod -aG audio $USER, then log in again"
        return [Finding("sound", "missing", f"{', '.join(listed)}: may not be opened", fix)]
    return [Finding("sound", "ok", ", ".join(listed))]
