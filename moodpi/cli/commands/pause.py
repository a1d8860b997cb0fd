"""`moodpi pause`: no tracks until `moodpi resume`; the eyes stay open."""

from __future__ import annotations

import argparse

from moodpi.cli.commands.asking import add_asking_options, ask_and_print


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_asking_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Tell it, and print how it is doing."""
    return ask_and_print(arguments, "pause")
