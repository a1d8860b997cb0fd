"""Check of the page that the daemon serves."""

from __future__ import annotations

import ssl
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from importlib.util import find_spec

from edge.config.load import load_config
from edge.config.settings import WebSettings
from edge.frontends.web.home_address import is_announced, local_name, runs_avahi
from edge.frontends.web.login_link import listens_everywhere, needs_token, page_url
from edge.ops.doctor.result import CheckResult
from moodpi.errors import MoodpiError
from moodpi.requirements import how_to_install

# In seconds. The daemon serves the page a moment after its own start.
START_TIMEOUT, CONNECT_TIMEOUT = 5.0, 2.0


def check_page() -> list[CheckResult]:
    """The address of the page without its token, whether it is served, and its name at home."""
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
    served = _is_served(web) if web.port else True
    if served is None:
        fix = "`sudo journalctl -u moodpi -e` has the reason; it is served while moodpi runs"
        return [CheckResult("page", "missing", f"{url} does not answer", fix)]
    if not served:
        fix = "stop that program, or set another web.port; then sudo systemctl restart moodpi"
        return [CheckResult("page", "missing", f"another program answers at {url}", fix)]
    signing_in = " (`sudo moodpi serve --link` signs a phone in)" if needs_token(web) else ""
    return [CheckResult("page", "ok", f"{url}{signing_in}"), *_check_name(web)]


def _check_name(web: WebSettings) -> list[CheckResult]:
    """Whether the home network knows this machine by a name; nothing if the page is not for it."""
    if not listens_everywhere(web) or is_announced(local_name()):
        return []
    detail = f"{local_name()} is not announced in your network; the address may change"
    fix = (
        "another device may have this name: sudo hostnamectl hostname NEW-NAME, then reboot"
        if runs_avahi()
        else "sudo apt install avahi-daemon"
    )
    return [CheckResult("page name", "missing", detail, fix)]


def _is_served(web: WebSettings) -> bool | None:
    """Whether moodpi answers at the port, or another program; None if nothing does."""
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        try:
            return _is_moodpi(web)
        except (OSError, UnicodeError):
            if time.monotonic() > deadline:
                return None
            time.sleep(0.2)


def _is_moodpi(web: WebSettings) -> bool:
    """Whether the server at the port names itself moodpi. OSError if there is none."""
    # Linux connects to this machine for 0.0.0.0 and ::.
    connection = HTTPConnection(web.host, web.port, timeout=CONNECT_TIMEOUT)
    if web.tls_cert:
        # The certificate is for another name than that of this connection.
        context = ssl._create_unverified_context()  # noqa: S323, SLF001
        connection = HTTPSConnection(web.host, web.port, timeout=CONNECT_TIMEOUT, context=context)
    try:
        connection.connect()
    except ssl.SSLError:
        return False
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().getheader("Server") == "moodpi"
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
