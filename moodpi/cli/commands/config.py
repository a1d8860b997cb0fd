"""`moodpi config`: print the configuration, check it, or upgrade an older one."""

from __future__ import annotations

import argparse
from pathlib import Path

from moodpi.errors import EXIT_DONE, UsageError
from moodpi.output import print_lines


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="the file (default: $MOODPI_CONFIG, /etc/moodpi/moodpi.toml or "
        "~/.config/moodpi/moodpi.toml, whichever exists first)",
    )
    action = parser.add_mutually_exclusive_group()
    action.add_argument(
        "--check", action="store_true", help="only check the file: exit 0 if valid, 78 if not"
    )
    action.add_argument(
        "--upgrade",
        action="store_true",
        help="rename or remove the keys of an older version in the file; keep a backup",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print, check or upgrade the configuration."""
    if arguments.upgrade:
        return _upgrade(arguments.config)
    from edge.config.dump import to_toml
    from edge.config.load import load_config
    from edge.vision.configured_artefact import find_configured_artefact

    config = load_config(arguments.config)
    if arguments.check:
        find_configured_artefact(config)
        print_lines(f"OK: {config.origin or 'no file found, the defaults are used'}")
    else:
        print_lines(*to_toml(config).rstrip().split("\n"))
    return EXIT_DONE


def _upgrade(path: Path | None) -> int:
    from edge.config.load import find_config_file, load_config
    from edge.ops.service import execute_steps, upgrade_steps

    path = path or find_config_file()
    if path is None:
        raise UsageError(
            "no configuration file to upgrade: name one with --config FILE", code="no_configuration"
        )
    steps = list(upgrade_steps(path))
    execute_steps(steps, dry_run=False)
    load_config(path)
    if not steps:
        print_lines(f"OK: {path} has no old keys")
    return EXIT_DONE
