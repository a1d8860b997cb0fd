"""URLs as they may be shown."""

from __future__ import annotations

import re

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:/+", re.IGNORECASE)
# Up to the last @, for a password may itself hold an @, a / or a ?; http://camera/a@b has none.
CREDENTIALS = re.compile(r"(?:.*:.*@|[^/?#]*@(?:.*@)?)", re.DOTALL)
# Keys as cameras spell them, such as loginpas and api_key; some write them into the path.
SECRET = re.compile(
    r"([\w.-]*(?:pwd|pas|psw|token|key|user|usr|login|auth|secret|sig)[\w.-]*=)[^&]*",
    re.IGNORECASE,
)


def without_password(url: str) -> str:
    """The URL with `***` for user and password, and for the value of any key that may be secret.

    It hides too much rather than too little. Any other text is given back as it is.
    """
    scheme = SCHEME.match(url)
    if scheme is None:
        return url
    shown, rest = scheme.group(), url[scheme.end() :]
    if credentials := CREDENTIALS.match(rest):
        shown, rest = f"{shown}***@", rest[credentials.end() :]
    return shown + SECRET.sub(r"\1***", rest)
