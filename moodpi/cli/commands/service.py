"""`moodpi service install|uninstall|status`: moodpi as a systemd service."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from moodpi.errors import EXIT_DONE, MoodpiError, UsageError
from moodpi.output import print_lines
from moodpi.text import quoted


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and their options."""
    verbs = parser.add_subparsers(dest="verb", metavar="install|uninstall|status", required=True)
    install = verbs.add_parser("install", help="start moodpi at boot (install.sh calls this)")
    install.add_argument(
        "--player",
        metavar="P",
        help="print, mpd, mpv, subsonic or command (default: as configured)",
    )
    install.add_argument("--music", type=Path, metavar="DIR", help="folder with your music")
    install.add_argument(
        "--page", metavar="P", help="home, this-machine or off (default: as configured)"
    )
    uninstall = verbs.add_parser("uninstall", help="remove the service and the program")
    uninstall.add_argument(
        "--purge", action="store_true", help="also remove the configuration and the state"
    )
    for verb in (install, uninstall):
        verb.add_argument("--dry-run", action="store_true", help="only print the steps")
    status = verbs.add_parser("status", help="show the status of the service")
    for verb in (install, uninstall, status):
        verb.add_argument("--user", action="store_true", help="a service of your own session")


def run(arguments: argparse.Namespace) -> int:
    """Print and execute the steps, or run `systemctl status`."""
    if arguments.verb == "status":
        return _status(user=arguments.user)
    from edge.ops.service import (
        execute_steps,
        system_install_steps,
        system_removal_steps,
        user_install_steps,
        user_removal_steps,
    )

    if arguments.user:
        _check_user_options(arguments)
    elif not arguments.dry_run and os.geteuid() != 0:
        raise MoodpiError(
            f"{arguments.verb}ing the system service requires root: use sudo", code="not_root"
        )
    if arguments.verb == "uninstall":
        removal = (
            user_removal_steps() if arguments.user else system_removal_steps(purge=arguments.purge)
        )
        execute_steps(removal, dry_run=arguments.dry_run)
        return EXIT_DONE
    if arguments.user:
        execute_steps(user_install_steps(), dry_run=arguments.dry_run)
    else:
        from moodpi.cli.manual import manual

        steps = system_install_steps(
            _player(arguments.player),
            _music(arguments.music),
            manual(),
            _page(arguments.page),
            _found_camera(),
        )
        execute_steps(steps, dry_run=arguments.dry_run)
        _print_new_settings()
    return EXIT_DONE


def _check_user_options(arguments: argparse.Namespace) -> None:
    """Raise UsageError for the options of the system service."""
    configured = "set it under [player] in ~/.config/moodpi/moodpi.toml"
    yours = "delete ~/.config/moodpi and ~/.local/state/moodpi yourself"
    for option, instead in (
        ("player", configured),
        ("music", configured),
        ("page", configured.replace("player", "web")),
        ("purge", yours),
    ):
        if getattr(arguments, option, None):
            raise UsageError(
                f"--{option} cannot be used with --user: {instead}", code="not_with_user"
            )


def _status(*, user: bool) -> int:
    from edge.ops.service import run_clean

    command = ["systemctl", *(["--user"] if user else []), "--no-pager", "status", "moodpi"]
    try:
        return run_clean(command, output=None).returncode
    except OSError as error:
        raise MoodpiError(
            f"systemctl cannot be run: {error.strerror}", code="command_failed"
        ) from error


def _player(name: str | None) -> str | None:
    from edge.players import PLAYERS
    from moodpi.errors import did_you_mean

    if name is not None and name not in PLAYERS:
        raise UsageError(
            f"unknown player {quoted(name)}: {did_you_mean(name, PLAYERS)}", code="unknown_player"
        )
    return name


def _music(folder: Path | None) -> Path | None:
    if folder is not None and not folder.is_dir():
        raise UsageError(f"--music {folder}: no such folder", code="no_such_folder")
    return folder.resolve() if folder else None


def _page(answer: str | None) -> str | None:
    from edge.ops.service import PAGES
    from moodpi.errors import did_you_mean

    if answer is not None and answer not in PAGES:
        raise UsageError(
            f"unknown page {quoted(answer)}: {did_you_mean(answer, PAGES)}", code="unknown_answer"
        )
    return answer


def _found_camera() -> str | None:
    """The camera of a new configuration: the first that works here."""
    from edge.ops.doctor.cameras import found_cameras

    return next(iter(found_cameras()), None)


def _print_new_settings() -> None:
    from edge.config.load import read_config_file
    from edge.ops.service import unmentioned_settings, upgrade_keys
    from edge.ops.service.system_service import CONFIGURATION

    if not CONFIGURATION.exists():
        return
    # A dry run leaves the old keys in the file.
    text, _ = upgrade_keys(read_config_file(CONFIGURATION))
    if new := unmentioned_settings(text):
        print_lines(
            f"New settings that {CONFIGURATION} does not mention: {', '.join(new)} "
            "(`moodpi config` prints them)"
        )
