"""`moodpi status`: how the moodpi that runs here is doing."""

from __future__ import annotations

import argparse

from moodpi.cli.commands.asking import add_asking_options, ask_and_print


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_asking_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print its answer."""
    return ask_and_print(arguments, "status")
