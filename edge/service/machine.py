"""moodpi as a service of the whole machine: a user of its own, files under /etc and /opt."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from edge.config import SECTIONS, load_config
from edge.service.files import shipped
from edge.service.steps import Link, Remove, Run, Step, Write

UNIT = "moodpi.service"
USER = "moodpi"
INSTALLATION = Path("/opt/moodpi")
CONFIGURATION = Path("/etc/moodpi/moodpi.toml")
STATE = Path("/var/lib/moodpi")
COMMAND = Path("/usr/local/bin/moodpi")
MAN_PAGE = Path("/usr/local/share/man/man1/moodpi.1")
UNITS = Path("/etc/systemd/system")
DROP_INS = UNITS / f"{UNIT}.d"
SYSUSERS = Path("/etc/sysusers.d/moodpi.conf")
# Where Debian's MPD looks for music.
MPD_LINK = Path("/var/lib/mpd/music/moodpi")
# Since this version systemd can wait longer before each restart.
BACKOFF_SINCE = 254


def machine_steps(player: str | None, music: Path | None, manual: str) -> Iterator[Step]:
    """What makes a service of the moodpi under /opt/moodpi; done twice it is done once.

    player, music: None for what the configuration says; the service may read the music wherever
    it is. manual: its page in man(7)'s language. ConfigurationError where the one there is wrong.
    """
    yield Write("a user for it", SYSUSERS, shipped("sysusers.conf"))
    yield Run("that user, now", ("systemd-sysusers", str(SYSUSERS)))
    if (person := os.environ.get("SUDO_USER", "root")) != "root":
        yield Run(f"{person} may talk to it", ("usermod", "-aG", USER, person))
    plays = player or "print"
    if CONFIGURATION.exists():
        plays = player or load_config(CONFIGURATION).player.kind
        kept = CONFIGURATION.read_text(encoding="utf-8")
    else:
        kept = ""
    # MPD has a library of its own.
    folder = music if plays == "mpv" else None
    text = configuration(kept or shipped("moodpi.toml"), player, folder)
    if text != kept:
        yield Write("its configuration", CONFIGURATION, text)
    yield Write("the service", UNITS / UNIT, shipped("moodpi.service"))
    if _systemd_version() >= BACKOFF_SINCE:
        yield Write("patience with restarts", DROP_INS / "backoff.conf", shipped("backoff.conf"))
    yield from _music_steps(plays, music)
    yield Link("the command on the PATH", COMMAND, INSTALLATION / "current/bin/moodpi")
    yield Write("its manual", MAN_PAGE, manual)
    yield Run("systemd learns of it", ("systemctl", "daemon-reload"))
    yield Run("it starts at boot", ("systemctl", "enable", UNIT))
    yield Run("it starts now", ("systemctl", "restart", UNIT))


def machine_removal(*, purge: bool) -> Iterator[Step]:
    """What takes the service away again. purge: configuration, state and user too."""
    yield Run("it stops", ("systemctl", "disable", "--now", UNIT), needed=False)
    for path in (UNITS / UNIT, DROP_INS, COMMAND, MAN_PAGE, MPD_LINK):
        yield Remove("no more of it", path)
    if purge:
        for path in (CONFIGURATION.parent, STATE, SYSUSERS):
            yield Remove("all that it kept", path)
        yield Run("its user goes", ("userdel", USER), needed=False)
        yield Run("its group goes", ("groupdel", USER), needed=False)
    yield Run("systemd forgets it", ("systemctl", "daemon-reload"), needed=False)
    yield Run("and its failures", ("systemctl", "reset-failed", UNIT), needed=False)
    yield Remove("the program itself", INSTALLATION)


def configuration(text: str, player: str | None, music: Path | None) -> str:
    """A configuration with the player, and the folder that mpv plays from, filled in."""
    for key, value in (("kind", player), ("music", music and [str(music)])):
        if value is not None:
            # A JSON text or list of texts is TOML, too.
            line = f"{key} = {json.dumps(value, ensure_ascii=False)}"
            text = _with_setting(text, "player", line)
    return text


def new_settings(text: str) -> list[str]:
    """The dotted settings that a configuration, comments and all, does not speak of yet."""
    found = set()
    section = ""
    for line in text.splitlines():
        if header := re.match(r"#?\s*\[(\w+)\]", line):
            section = header[1]
        elif setting := re.match(r"#?\s*(\w+) =", line):
            found.add(f"{section}.{setting[1]}")
    known = [f"{name}.{key.name}" for name, kind in SECTIONS.items() for key in fields(kind)]
    return [dotted for dotted in known if dotted not in found]


def _with_setting(text: str, section: str, line: str) -> str:
    """The configuration with this line in a section, in the place of what it said of the key."""
    before, header, rest = text.partition(f"[{section}]\n")
    if not header:
        return f"{text.rstrip()}\n\n[{section}]\n{line}\n"
    table, following = (*re.split(r"^(?=\[)", rest, maxsplit=1, flags=re.MULTILINE), "")[:2]
    key = line.partition(" ")[0]
    setting = re.compile(rf"^(# )?{key} *=.*$", re.MULTILINE)
    table, found = setting.subn(lambda _: line, table, count=1)
    return before + header + ("" if found else f"{line}\n") + table + following


def _music_steps(player: str, music: Path | None) -> Iterator[Step]:
    """What lets moodpi, or MPD, at the music."""
    if player == "mpd":
        yield Write("it waits for MPD and the network", DROP_INS / "mpd.conf", shipped("mpd.conf"))
    else:
        yield Remove("it waits for no network", DROP_INS / "mpd.conf")
    if music is None:
        return
    if player == "mpd":
        yield Link("MPD has the music", MPD_LINK, music)
        yield Run("MPD looks at it", ("mpc", "--quiet", "update"), needed=False)
    else:
        path = str(music).replace("%", "%%").replace(":", r"\:")
        bound = f'[Service]\nBindReadOnlyPaths="{path}"\n'
        yield Write("it may read the music", DROP_INS / "music.conf", bound)


def _systemd_version() -> int:
    try:
        said = subprocess.run(
            ("systemctl", "--version"), capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return 0
    found = re.match(r"systemd (\d+)", said)
    return int(found[1]) if found else 0
