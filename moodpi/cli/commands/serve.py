"""`moodpi serve`: the web page and the HTTP interface."""

from __future__ import annotations

import argparse

from moodpi.cli.commands.options import add_config_option, limit_image_size
from moodpi.cli.page_link import link_lines, page_link
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
    option(
        "--link",
        action="store_true",
        help="only print the link that opens the page, with its token, and its QR code",
    )
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
    if arguments.link:
        print_lines(*link_lines(page_link(config)))
        return EXIT_DONE
    with config.attribute_errors_to("model.name", "model.format"):
        serve(config, _welcome)
    return EXIT_DONE


def _welcome(address: str, new_link: str) -> None:
    print_lines(address)
    if new_link:
        print_lines("Open this link first. It contains the access token:")
        print_lines(*link_lines(new_link))
        print_lines("`moodpi serve --link` prints it again.")
