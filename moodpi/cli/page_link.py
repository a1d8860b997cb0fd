"""The link that signs in to the page, with its QR code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from moodpi.errors import MoodpiError
from moodpi.paths import state_folder

if TYPE_CHECKING:
    from edge.config.load import Config


def page_link(config: Config) -> str:
    """The link of the configured page; without a token if the page needs none.

    Raises MoodpiError if the token cannot be read.
    """
    from edge.frontends.web.login_link import configured_link

    return configured_link(config.web, _token_folder(config))


def link_lines(link: str) -> list[str]:
    """The link and, on a terminal that can draw it, its QR code for a phone.

    A link without a token has no code: it opens the page on this machine only.
    """
    from edge.frontends.web.qr_code import qr_lines

    is_drawable = sys.stdout.isatty() and sys.stdout.encoding.lower() == "utf-8"
    code = qr_lines(link) if is_drawable and "#" in link else []
    hint = ["", "Point the camera of a phone at this code:"] if code else []
    return [f"  {link}", *hint, *code]


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
