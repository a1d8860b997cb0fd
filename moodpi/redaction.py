"""Removes secrets from URLs."""

from __future__ import annotations

import re

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:/+", re.IGNORECASE)
# Up to the last @: a password can contain @, / and ?. http://camera/a@b has no credentials.
CREDENTIALS = re.compile(r"(?:.*:.*@|[^/?#]*@(?:.*@)?)", re.DOTALL)
# Keys of cameras such as loginpas and api_key. Some cameras have them in the path.
SECRET = re.compile(
    r"([\w.-]*(?:pwd|pas|psw|token|key|user|usr|login|auth|secret|sig)[\w.-]*=)[^&]*",
    re.IGNORECASE,
)


def without_password(url: str) -> str:
    """The URL with `***` in place of credentials and of the values of keys that can be secret.

    It can also hide values that are not secret. A text that is not a URL is returned unchanged.
    """
    scheme = SCHEME.match(url)
    if scheme is None:
        return url
    redacted, rest = scheme.group(), url[scheme.end() :]
    if credentials := CREDENTIALS.match(rest):
        redacted, rest = f"{redacted}***@", rest[credentials.end() :]
    return redacted + SECRET.sub(r"\1***", rest)
