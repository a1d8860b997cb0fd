"""`moodpi config`: print the configuration in force, or check a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from moodpi.errors import EXIT_DONE


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="this file ($MOODPI_CONFIG, /etc/moodpi/moodpi.toml, ~/.config/moodpi/moodpi.toml)",
    )
    parser.add_argument(
        "--check", action="store_true", help="only say whether it is right: 0 yes, 78 no"
    )


def run(arguments: argparse.Namespace) -> int:
    """Load it, which checks it, and say so or print it."""
    from edge.config.dump import to_toml
    from edge.config.load import load_config
    from models.registry import Registry

    config = load_config(arguments.config)
    if arguments.check:
        with config.attribute_errors_to("model.name", "model.format"):
            Registry().find(config.model.name, config.model.format)
        print(f"OK: {config.origin or 'no file was found, the defaults are in force'}")
    else:
        print(to_toml(config), end="")
    return EXIT_DONE
