"""moodpi as a system service: a user of its own, files under /etc and /opt."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from edge.config.load import parse_config, read_config_file
from edge.config.settings import PlayerSettings
from edge.ops.service.configuration import upgrade_keys, upgrade_steps, with_settings
from edge.ops.service.files import shipped_file
from edge.ops.service.mpd_service import mpd_removal_steps, mpd_start_steps
from edge.ops.service.mqtt_topics import forget_mqtt_steps
from edge.ops.service.pages import PAGES
from edge.ops.service.steps import CreateLink, RemovePath, RunCommand, Step, WriteFile, run_clean
from edge.ops.service.unit_text import escape_path
from moodpi.errors import UsageError
from moodpi.text import quoted

UNIT = "moodpi.service"
# The analysis of the songs, and what starts it.
ANALYSIS_UNIT, ANALYSIS_TIMER = "moodpi-analysis.service", "moodpi-analysis.timer"
USER_NAME = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._-]*")
SYSTEMD_VERSION = re.compile(r"systemd (\d+)")
USER = "moodpi"
INSTALLATION = Path("/opt/moodpi")
CONFIGURATION = Path("/etc/moodpi/moodpi.toml")
STATE = Path("/var/lib/moodpi")
COMMAND = Path("/usr/local/bin/moodpi")
MAN_PAGE = Path("/usr/local/share/man/man1/moodpi.1")
UNITS = Path("/etc/systemd/system")
DROP_INS = UNITS / f"{UNIT}.d"
ANALYSIS_DROP_INS = UNITS / f"{ANALYSIS_UNIT}.d"
SYSUSERS = Path("/etc/sysusers.d/moodpi.conf")
# The first version of systemd with RestartSteps=.
RESTART_STEPS_VERSION = 254


def system_install_steps(
    player: str | None,
    music: Path | None,
    manual: str,
    page: str | None = None,
    camera: str | None = None,
) -> Iterator[Step]:
    """The steps that install the moodpi under /opt/moodpi as a system service, or upgrade it.

    Args:
        player: The player to configure; None keeps the configured one.
        music: The music folder to configure; the service can read it wherever it is.
        manual: The manual page, in man(7)'s language.
        page: A key of PAGES, who may open the page; None keeps the configured answer.
        camera: The camera of a new configuration; None for the default.

    Raises:
        ConfigurationError: The existing configuration is invalid.
        UsageError: The player is mpv and there is no music folder, or a unit cannot hold the name
            of the music folder or of the user.
    """
    person = _person()
    if music is not None:
        escape_path(music)
    existing = read_config_file(CONFIGURATION) if CONFIGURATION.exists() else ""
    upgraded = upgrade_keys(existing)[0]
    settings = parse_config(upgraded, CONFIGURATION).player if existing else PlayerSettings()
    kind = player or settings.kind
    if kind == "mpv" and music is None and not settings.music:
        raise UsageError(
            "mpv plays local files: add --music DIR, the folder with the files", code="no_music"
        )
    yield from _user_steps(person)
    if existing:
        yield from upgrade_steps(CONFIGURATION)
    values = {
        "player.kind": player,
        "player.music": [str(music)] if music and kind == "mpv" else None,
        "source.device": None if existing else camera,
        **(PAGES[page] if page else {}),
    }
    answers = {dotted: value for dotted, value in values.items() if value is not None}
    text = with_settings(upgraded or shipped_file("moodpi.toml"), answers)
    if text != upgraded:
        yield WriteFile("write the configuration", CONFIGURATION, text)
    yield from _file_steps(manual)
    yield RunCommand("start the service at boot", ("systemctl", "enable", UNIT))
    yield from system_player_steps(kind, settings.mpd, music)
    yield from system_start_steps(kind)


def _user_steps(person: str) -> Iterator[Step]:
    """The steps that create the service's user, whose group a person joins unless it is root."""
    yield WriteFile("define the user moodpi", SYSUSERS, shipped_file("sysusers.conf"))
    yield RunCommand("create the user moodpi", ("systemd-sysusers", str(SYSUSERS)))
    if person != "root":
        yield RunCommand(f"allow {person} to control moodpi", ("usermod", "-aG", USER, person))


def _file_steps(manual: str) -> Iterator[Step]:
    """The steps that install the units, the command and the manual page."""
    yield WriteFile("install the service", UNITS / UNIT, shipped_file(UNIT))
    for unit in (ANALYSIS_UNIT, ANALYSIS_TIMER):
        yield WriteFile("install the analysis of songs", UNITS / unit, shipped_file(unit))
    if _systemd_version() >= RESTART_STEPS_VERSION:
        backoff = DROP_INS / "backoff.conf"
        yield WriteFile(
            "increase the delay between restarts", backoff, shipped_file("backoff.conf")
        )
    yield CreateLink("add the command to the PATH", COMMAND, INSTALLATION / "current/bin/moodpi")
    yield WriteFile("install the manual page", MAN_PAGE, manual)


def system_player_steps(kind: str, mpd: str, music: Path | None) -> Iterator[Step]:
    """The steps that start MPD, and give it or moodpi access to the music folder.

    Args:
        kind: The configured player.
        mpd: player.mpd.
        music: The folder that the service, or MPD, must be able to read; None for no change.
    """
    if kind == "mpd":
        yield WriteFile(
            "start after MPD and the network", DROP_INS / "mpd.conf", shipped_file("mpd.conf")
        )
        yield from mpd_start_steps(mpd, music)
        return
    yield RemovePath("start without waiting for the network", DROP_INS / "mpd.conf")
    if music is not None:
        path = escape_path(music).replace(":", r"\:")
        # With -, the service also starts without the folder, for example an unplugged USB stick.
        bind = f'[Service]\nBindReadOnlyPaths="-{path}"\n'
        for folder in (DROP_INS, ANALYSIS_DROP_INS):
            yield WriteFile("allow the service to read the music", folder / "music.conf", bind)


def system_start_steps(kind: str) -> Iterator[Step]:
    """The steps that start the installed service. kind: The configured player."""
    yield RunCommand("reload systemd", ("systemctl", "daemon-reload"))
    yield RunCommand("start the service now", ("systemctl", "restart", UNIT))
    # With MPD it needs player.music as well, and remains as the administrator has set it.
    if kind == "mpd":
        return
    # The other players do not play the songs that the catalogue does not know.
    action = "enable" if kind == "mpv" else "disable"
    analysis = ("systemctl", action, "--now", ANALYSIS_TIMER)
    yield RunCommand(f"{action} the analysis of songs", analysis)


def system_removal_steps(*, purge: bool) -> Iterator[Step]:
    """The steps that uninstall the service and the program.

    Args:
        purge: Whether to remove the configuration, the state and the user, too.
    """
    stop = ("systemctl", "disable", "--now", UNIT, ANALYSIS_TIMER, ANALYSIS_UNIT)
    yield RunCommand("stop the service", stop, required=False)
    yield from forget_mqtt_steps(COMMAND, CONFIGURATION)
    units = (UNITS / UNIT, UNITS / ANALYSIS_UNIT, UNITS / ANALYSIS_TIMER)
    for path in (*units, DROP_INS, ANALYSIS_DROP_INS, COMMAND, MAN_PAGE):
        yield RemovePath("remove a file", path)
    yield from mpd_removal_steps()
    if purge:
        for path in (CONFIGURATION.parent, STATE, SYSUSERS):
            yield RemovePath("remove configuration and state", path)
        yield RunCommand("delete the user", ("userdel", USER), required=False)
        yield RunCommand("delete the group", ("groupdel", USER), required=False)
    yield RunCommand("reload systemd", ("systemctl", "daemon-reload"), required=False)
    reset = ("systemctl", "reset-failed", UNIT, ANALYSIS_UNIT)
    yield RunCommand("reset the failure state", reset, required=False)
    yield RemovePath("remove the program", INSTALLATION)


def source_step(device: str) -> Step:
    """The step that lets the service read the source, if it is a film or a folder.

    device: source.device.
    """
    drop_in, path = DROP_INS / "source.conf", Path(device)
    if device.startswith("/dev/") or not path.is_absolute():
        return RemovePath("read no film", drop_in)
    bind = f'[Service]\nBindReadOnlyPaths="-{escape_path(path)}"\n'
    return WriteFile("allow the service to read the film", drop_in, bind)


def _person() -> str:
    """The user who called sudo, or root."""
    name = os.environ.get("SUDO_USER", "root")
    if not USER_NAME.fullmatch(name):
        raise UsageError(
            f"SUDO_USER {quoted(name)}: expected a user name of letters, digits, '.', '_' and '-'",
            code="invalid_user",
        )
    return name


def _systemd_version() -> int:
    try:
        output = run_clean(("systemctl", "--version")).stdout
    except OSError:
        return 0
    found = SYSTEMD_VERSION.match(output)
    return int(found[1]) if found else 0
