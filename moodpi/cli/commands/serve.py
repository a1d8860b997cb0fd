"""`moodpi serve`: the web page and the HTTP interface."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.cli.commands.options import add_config_option, limit_image_size
from moodpi.errors import EXIT_DONE, MoodpiError
from moodpi.output import print_lines
from moodpi.paths import state_folder

if TYPE_CHECKING:
    from edge.config.load import Config


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
    from edge.frontends.web.login_link import configured_link
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
        _print_link(configured_link(config.web, _token_folder(config)))
        return EXIT_DONE
    with config.attribute_errors_to("model.name", "model.format"):
        serve(config, _welcome)
    return EXIT_DONE


def _welcome(address: str, new_link: str) -> None:
    print_lines(address)
    if new_link:
        print_lines("Open this link first. It contains the access token:")
        _print_link(new_link)
        print_lines("`moodpi serve --link` prints it again.")


def _print_link(link: str) -> None:
    """The link and, on a terminal that can draw it, its QR code for a phone."""
    from edge.frontends.web.qr_code import qr_lines

    print_lines(f"  {link}")
    if sys.stdout.isatty() and sys.stdout.encoding.lower() == "utf-8":
        print_lines(*qr_lines(link))


def _token_folder(config: Config) -> Path:
    """The state folder of the service if its configuration is in use, else the user's."""
    from edge.config.load import SYSTEM_FILE
    from edge.ops.service.system_service import STATE

    if config.origin != SYSTEM_FILE or not STATE.is_dir():
        return state_folder()
    if not os.access(STATE, os.W_OK):
        raise MoodpiError(
            "only the service and root can read the token of its page: sudo moodpi serve --link",
            code="not_root",
        )
    return STATE
