"""The address of the page, and the link that opens it with its token."""

from __future__ import annotations

import socket
from pathlib import Path

from edge.config.settings import WebSettings
from edge.frontends.web.access_token import load_or_create
from edge.frontends.web.addresses import parse_address
from edge.frontends.web.home_address import home_host
from moodpi.errors import ConfigurationError, MoodpiError
from moodpi.redaction import redact_address


def page_url(web: WebSettings, port: int) -> str:
    """The address of the page; for the home network if it listens on all addresses."""
    scheme = "https" if web.tls_cert else "http"
    host = home_host() if listens_everywhere(web) else web.host
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}:{port}/"


def listens_everywhere(web: WebSettings) -> bool:
    """Whether the page listens on all addresses, as for the home network."""
    return web.host in ("0.0.0.0", "::")  # noqa: S104


def login_link(url: str, token: str) -> str:
    """The link that signs in. Browsers do not send what follows the #."""
    return f"{url}login#{token}"


def configured_link(web: WebSettings, folder: Path) -> str:
    """The link of the page with these settings; without a token if it needs none.

    folder: The state folder that has the token, or gets one.

    Raises MoodpiError if the token cannot be read, the host is not known or the port is not fixed.
    """
    if web.port == 0:
        raise ConfigurationError(
            "web.port = 0: the port changes at each start: set a port to get a link",
            code="no_fixed_port",
        )
    url = page_url(web, web.port)
    return login_link(url, load_or_create(folder)[0].token) if needs_token(web) else url


def needs_token(web: WebSettings) -> bool:
    """Whether others than this machine can open the page.

    Raises MoodpiError if the host is not known.
    """
    return bool(web.trusted_proxies) or not _is_loopback(web.host)


def _is_loopback(host: str) -> bool:
    try:
        address = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0]
    except (OSError, UnicodeError) as error:
        raise MoodpiError(
            f"web.host = {redact_address(host)}: the address is not known", code="unknown_host"
        ) from error
    return parse_address(str(address)).is_loopback
