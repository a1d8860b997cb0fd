"""Check of the page that the daemon serves."""

from __future__ import annotations

import socket
import time
from importlib.util import find_spec

from edge.config.load import load_config
from edge.frontends.web.login_link import page_url
from edge.ops.doctor.result import CheckResult
from moodpi.errors import MoodpiError
from moodpi.requirements import how_to_install

# In seconds. The daemon serves the page a moment after its own start.
START_TIMEOUT, CONNECT_TIMEOUT = 5.0, 2.0


def check_page() -> list[CheckResult]:
    """The address of the page without its token, and whether it is served."""
    try:
        web = load_config().web
    except MoodpiError:  # a failed check of the configuration
        return []
    if not web.enabled:
        fix = "for phones in your network: sudo ./install.sh --page home"
        return [CheckResult("page", "missing", "off", fix)]
    if find_spec("starlette") is None:
        fix = how_to_install("moodpi[web]")
        return [CheckResult("page", "missing", "the part web is not installed", fix)]
    url = page_url(web, web.port)
    if web.port and not _answers(web.host, web.port):
        fix = "`journalctl -u moodpi -e` has the reason; it is served while moodpi runs"
        return [CheckResult("page", "missing", f"{url} does not answer", fix)]
    return [CheckResult("page", "ok", f"{url} (`sudo moodpi serve --link` signs a phone in)")]


def _answers(host: str, port: int) -> bool:
    """Whether a server accepts a connection. One that listens on every address, on this machine."""
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        try:
            # Linux connects to this machine for 0.0.0.0 and ::.
            with socket.create_connection((host, port), CONNECT_TIMEOUT):
                return True
        except (OSError, UnicodeError):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
