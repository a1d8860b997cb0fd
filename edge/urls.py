"""URLs as they may be shown."""

from __future__ import annotations

import re


def without_password(url: str) -> str:
    """The URL with `***` in place of a user and password; any other text as it is."""
    return re.sub(r"://[^/@]*@", "://***@", url)
