"""`moodpi ban`: never again."""

from __future__ import annotations

import argparse

from moodpi.cli.commands.feedback import add_feedback_options, say


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_feedback_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Note it and say of what."""
    from edge.music.profile.store import Verdict

    return say(arguments, Verdict.BAN)
