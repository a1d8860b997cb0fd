"""The commands that the running daemon answers with its status: `moodpi status`, `pause`, `resume`,
`next` and `strategy`.
"""

from __future__ import annotations

import argparse

from moodpi.errors import EXIT_DONE
from moodpi.output import print_json, print_lines


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments and options."""
    from edge.daemon.commands import COMMANDS

    for argument in COMMANDS[parser.get_default("command")].arguments:
        parser.add_argument(argument.name, metavar=argument.name.upper(), help=argument.help)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.epilog = (
        "With --verbose, the counts of the run are printed, too: frames, faces, changes."
    )


def run(arguments: argparse.Namespace) -> int:
    """Send the command and print the daemon's status after it."""
    from edge.daemon.commands import COMMANDS
    from edge.daemon.status import DaemonStatus
    from edge.frontends.control import send_command
    from moodpi.cli.status_text import status_lines

    command = COMMANDS[arguments.command]
    fields = {argument.name: getattr(arguments, argument.name) for argument in command.arguments}
    command.validate(fields)
    status = DaemonStatus.from_json(send_command(command.name, **fields))
    if arguments.json:
        print_json(status.to_json())
    else:
        print_lines(*status_lines(status, counts=arguments.verbose))
    return EXIT_DONE
