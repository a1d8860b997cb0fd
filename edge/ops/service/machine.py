"""moodpi as a service of the whole machine: a user of its own, files under /etc and /opt."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from edge.config.load import SECTIONS, load_config
from edge.config.settings import PlayerSettings
from edge.ops.service.files import shipped
from edge.ops.service.steps import Link, Remove, Run, Step, Write
from moodpi.errors import ConfigurationError, UsageError

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
    it is. manual: its page in man(7)'s language. ConfigurationError where the one there is wrong,
    UsageError where the player has nothing to play.
    """
    kept = CONFIGURATION.read_text(encoding="utf-8") if CONFIGURATION.exists() else ""
    settings = load_config(CONFIGURATION).player if kept else PlayerSettings()
    plays = player or settings.kind
    if plays == "mpv" and music is None and not settings.music:
        raise UsageError("mpv plays files: say --music DIR, the folder they are in")
    yield Write("a user for it", SYSUSERS, shipped("sysusers.conf"))
    yield Run("that user, now", ("systemd-sysusers", str(SYSUSERS)))
    if (person := os.environ.get("SUDO_USER", "root")) != "root":
        yield Run(f"{person} may talk to it", ("usermod", "-aG", USER, person))
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
    """A configuration with the player, and the folder that mpv plays from, filled in.

    ConfigurationError where it is written so that this would change something else.
    """
    asked = {"kind": player, "music": music and [str(music)]}
    settings = {key: value for key, value in asked.items() if value is not None}
    # A JSON text or list of texts is TOML, too.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in settings.items()]
    changed = text
    for line in lines:
        changed = _with_setting(changed, "player", line)
    before = tomllib.loads(text)
    wanted = {**before, "player": {**before.get("player", {}), **settings}} if settings else before
    if _tables(changed) != wanted:
        raise ConfigurationError(
            f"{CONFIGURATION}: [player] cannot be changed as it is written: say there yourself "
            + " and ".join(lines)
        )
    return changed


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
    header = re.search(rf"^[ \t]*\[[ \t]*{section}[ \t]*\].*$", text, re.MULTILINE)
    if header is None:
        return f"{text.rstrip()}\n\n[{section}]\n{line}\n"
    key = line.partition(" ")[0]
    following = re.compile(r"^[ \t]*\[", re.MULTILINE).search(text, header.end())
    end = following.start() if following else len(text)
    table = text[header.end() : end]
    # As it is set, over several lines perhaps; else as the comment that shows it.
    for written in (rf"^[ \t]*{key}[ \t]*=[ \t]*(\[[^]]*\])?.*$", rf"^# {key} *=.*$"):
        replaced, found = re.subn(written, lambda _: line, table, count=1, flags=re.MULTILINE)
        if found:
            return text[: header.end()] + replaced + text[end:]
    return f"{text[: header.end()]}\n{line}" + (table or "\n") + text[end:]


def _tables(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


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
        # With - a folder that is away, as on a stick, keeps the service from nothing but its music.
        bound = f'[Service]\nBindReadOnlyPaths="-{path}"\n'
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
