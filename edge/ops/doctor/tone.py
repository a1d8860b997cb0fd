"""A test tone through the output of the configured player."""

from __future__ import annotations

import io
import math
import shutil
import struct
import subprocess
import wave
from pathlib import Path
from tempfile import TemporaryDirectory

from edge.config.load import load_config
from edge.ops.doctor.result import CheckResult
from moodpi.errors import MoodpiError
from moodpi.text import MAX_MESSAGE_LENGTH, clean_text

SUBJECT = "test tone"
FREQUENCY, RATE, SECONDS = 440, 44_100, 2
# A quarter of full scale (-12 dB), with a fade at both ends against clicks.
AMPLITUDE, FADE = 0.25, 0.1
# For a player without an output of its own; the first that is installed.
PROGRAMS = (("pw-play",), ("paplay",), ("aplay", "-q"))
# Without the user's own configuration, as the player runs it.
MPV = ("mpv", "--no-config", "--no-video", "--input-terminal=no", "--msg-level=all=error")
TIMEOUT = 20.0
FIX = "check the cable and the volume (`alsamixer`), or choose another output in player.mpv_options"


def check_tone() -> list[CheckResult]:
    """The result of playing the tone. It blocks while it sounds."""
    try:
        config = load_config()
    except MoodpiError as error:
        return [CheckResult(SUBJECT, "missing", str(error), "correct the file")]
    if config.player.kind == "mpd":
        fix = "play a song: `mpc add / && mpc play`; `mpc outputs` lists where it sounds"
        detail = "MPD plays only its own songs, on its own outputs"
        return [CheckResult(SUBJECT, "missing", detail, fix)]
    # The songs of a Subsonic server are played by mpv, too.
    if config.player.kind in ("mpv", "subsonic"):
        return [_play(*MPV, *config.player.mpv_options)]
    program = next((each for each in PROGRAMS if shutil.which(each[0])), None)
    if program is None:
        fix = "sudo apt install alsa-utils"
        return [CheckResult(SUBJECT, "missing", "no pw-play, paplay or aplay", fix)]
    return [_play(*program)]


def tone() -> bytes:
    """The tone as a WAV file: 16 bits, one channel."""
    count = RATE * SECONDS
    samples = [
        32_767
        * AMPLITUDE
        * min(1.0, n / (FADE * RATE), (count - 1 - n) / (FADE * RATE))
        * math.sin(2 * math.pi * FREQUENCY * n / RATE)
        for n in range(count)
    ]
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{count}h", *map(int, samples)))
    return content.getvalue()


def _play(*command: str) -> CheckResult:
    with TemporaryDirectory(prefix="moodpi-") as folder:
        path = Path(folder) / "tone.wav"
        path.write_bytes(tone())
        try:
            done = subprocess.run(
                [*command, str(path)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=TIMEOUT,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return CheckResult(SUBJECT, "broken", f"{command[0]}: {error}", FIX)
    errors = (done.stdout + done.stderr).strip().splitlines()
    if done.returncode == 0:
        return CheckResult(
            SUBJECT, "ok", f"{command[0]} played {SECONDS} seconds at {FREQUENCY} Hz"
        )
    reason = clean_text(errors[0], MAX_MESSAGE_LENGTH) if errors else f"code {done.returncode}"
    return CheckResult(SUBJECT, "broken", f"{command[0]}: {reason}", FIX)
