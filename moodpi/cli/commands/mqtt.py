"""`moodpi mqtt forget`: delete what a moodpi has published at the MQTT broker."""

from __future__ import annotations

import argparse

from moodpi.cli.commands.options import add_config_option
from moodpi.errors import EXIT_DONE, UsageError
from moodpi.output import print_lines
from moodpi.text import quoted


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommand and its argument."""
    verbs = parser.add_subparsers(dest="verb", metavar="forget", required=True)
    forget = verbs.add_parser(
        "forget", help="delete the states and entities of a moodpi at the MQTT broker"
    )
    forget.add_argument(
        "id", nargs="?", default="", metavar="ID", help="id of that moodpi (default: this one)"
    )
    add_config_option(forget)


def run(arguments: argparse.Namespace) -> int:
    """Delete the topics and print how many there were."""
    from edge.config.load import load_config
    from edge.config.names import MQTT_ID
    from edge.frontends.mqtt.forget import forget_topics
    from edge.frontends.mqtt.topics import moodpi_id

    settings = load_config(arguments.config).mqtt
    if not settings.host:
        raise UsageError(
            "mqtt.host is empty, so no broker is known: set it in the configuration",
            code="no_broker",
        )
    name = arguments.id or moodpi_id(settings.id)
    if not MQTT_ID.fullmatch(name):
        raise UsageError(
            f"{quoted(name)}: expected the id of a moodpi: letters, digits, _ and -",
            code="invalid_argument",
        )
    deleted, was_online = forget_topics(settings, name)
    if not deleted:
        print_lines(f"The broker holds no topics of {name}.")
        return EXIT_DONE
    print_lines(f"Deleted {len(deleted)} topics of {name}.")
    if was_online:
        print_lines(
            f"{name} was online. If it is running, it publishes again: stop it first, or set "
            'mqtt.host = "".'
        )
    return EXIT_DONE
