"""`moodpi service install|uninstall|status`: the service that starts moodpi at boot."""

from __future__ import annotations

import argparse
import os
import subprocess
from pathlib import Path

from moodpi.errors import EXIT_DONE, MoodpiError, UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the three verbs and their options."""
    verbs = parser.add_subparsers(dest="verb", metavar="install|uninstall|status", required=True)
    install = verbs.add_parser("install", help="make it start at boot (install.sh does it for you)")
    install.add_argument(
        "--player", metavar="P", help="print, mpd or mpv (what the configuration says)"
    )
    install.add_argument("--music", type=Path, metavar="DIR", help="your music, which it may read")
    uninstall = verbs.add_parser("uninstall", help="take it away, the program too")
    uninstall.add_argument(
        "--purge", action="store_true", help="also the configuration and what was learned"
    )
    for verb in (install, uninstall):
        verb.add_argument("--dry-run", action="store_true", help="only show what would be done")
    status = verbs.add_parser("status", help="what systemd says of it")
    for verb in (install, uninstall, status):
        verb.add_argument("--user", action="store_true", help="your session's own service")


def run(arguments: argparse.Namespace) -> int:
    """Show each step and do it, or hand over to systemctl."""
    if arguments.verb == "status":
        return _status(session=arguments.user)
    from edge.ops.service import (
        carry_out,
        machine_removal,
        machine_steps,
        session_removal,
        session_steps,
    )

    if arguments.user:
        _check_session(arguments)
    elif not arguments.dry_run and os.geteuid() != 0:
        raise MoodpiError(f"only root may {arguments.verb} a service of the machine: use sudo")
    if arguments.verb == "uninstall":
        removal = session_removal() if arguments.user else machine_removal(purge=arguments.purge)
        carry_out(removal, dry=arguments.dry_run)
        return EXIT_DONE
    if arguments.user:
        carry_out(session_steps(), dry=arguments.dry_run)
    else:
        from moodpi.cli.manual import manual

        steps = machine_steps(_player(arguments.player), _music(arguments.music), manual())
        carry_out(steps, dry=arguments.dry_run)
        _tell_of_new_settings()
    return EXIT_DONE


def _check_session(arguments: argparse.Namespace) -> None:
    """UsageError for what only a service of the machine has: your own has your files."""
    configured = "say it in [player] of ~/.config/moodpi/moodpi.toml"
    yours = "~/.config/moodpi and ~/.local/state/moodpi are yours to delete"
    for option, instead in (("player", configured), ("music", configured), ("purge", yours)):
        if getattr(arguments, option, None):
            raise UsageError(f"--{option} does not go with --user: {instead}")


def _status(*, session: bool) -> int:
    command = ["systemctl", *(["--user"] if session else []), "--no-pager", "status", "moodpi"]
    try:
        return subprocess.run(command, check=False).returncode
    except OSError as error:
        raise MoodpiError(f"systemctl cannot be run: {error.strerror}") from error


def _player(name: str | None) -> str | None:
    from edge.players import PLAYERS
    from moodpi.errors import did_you_mean

    if name is not None and name not in PLAYERS:
        raise UsageError(f"no player '{name}': {did_you_mean(name, PLAYERS)}")
    return name


def _music(folder: Path | None) -> Path | None:
    if folder is not None and not folder.is_dir():
        raise UsageError(f"--music {folder}: no such folder")
    return folder.resolve() if folder else None


def _tell_of_new_settings() -> None:
    from edge.ops.service.machine import CONFIGURATION, new_settings

    if not CONFIGURATION.exists():
        return
    if fresh := new_settings(CONFIGURATION.read_text(encoding="utf-8")):
        print(
            f"{CONFIGURATION} was kept; settings newer than it: {', '.join(fresh)} "
            "(`moodpi config` shows them)"
        )
