"""`moodpi serve`: the web page and the HTTP interface."""

from __future__ import annotations

import argparse

from moodpi.cli.commands.options import add_config_option, limit_image_size
from moodpi.errors import EXIT_DONE
from moodpi.output import print_lines


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options; the default is the configuration."""
    option = parser.add_argument
    option(
        "--host",
        metavar="H",
        help="address to listen on; any but a loopback address requires a token",
    )
    option("--port", type=int, metavar="P", help="port to listen on (default: 8377)")
    option("--tls-cert", metavar="FILE", help="certificate for HTTPS")
    option("--tls-key", metavar="FILE", help="private key of the certificate")
    add_config_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    limit_image_size()
    from edge.config.load import load_config
    from edge.frontends.web.server import serve

    config = load_config(arguments.config).override(
        {
            "web.host": arguments.host,
            "web.port": arguments.port,
            "web.tls_cert": arguments.tls_cert,
            "web.tls_key": arguments.tls_key,
        }
    )
    with config.attribute_errors_to("model.name", "model.format"):
        serve(config, lambda text: print_lines(*text.split("\n")))
    return EXIT_DONE
