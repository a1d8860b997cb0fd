"""The token that opens the page to others than this machine."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from moodpi.errors import MoodpiError

FILE = "web-token"


@dataclass(frozen=True)
class AccessToken:
    """A token, and what a browser keeps in its place. Neither may be printed but once."""

    token: str

    @property
    def cookie(self) -> str:
        """What the cookie holds: nobody gets the token from it."""
        return hmac.new(self.token.encode(), b"moodpi cookie", hashlib.sha256).hexdigest()

    def opens(self, token: str) -> bool:
        """Whether that is the token, compared in constant time."""
        return hmac.compare_digest(token.encode(), self.token.encode())

    def admits(self, cookie: str) -> bool:
        """Whether a browser's cookie was given by this token, compared in constant time."""
        return hmac.compare_digest(cookie.encode(), self.cookie.encode())

    def __repr__(self) -> str:
        return "AccessToken(...)"


def load_or_create(folder: Path) -> tuple[AccessToken, bool]:
    """The token of this machine, and whether it was made just now; its file is mode 0600.

    An empty one, as a power cut or a full disk may have left it, is made anew. Raises MoodpiError
    where it cannot be kept, or is none.
    """
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size == 0:
            path.unlink()
        made = _made(path)
        token = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise MoodpiError(f"cannot keep the page's token in {path}: {error}") from error
    if len(token) < 16:
        raise MoodpiError(f"{path} holds no token: remove it and a new one is made")
    return AccessToken(token), made


def _made(path: Path) -> bool:
    """Whether there was none and it was made, whole: of two that make one the first is kept."""
    if path.exists():
        return False
    with NamedTemporaryFile("w", dir=path.parent, prefix=f".{FILE}-") as aside:
        aside.write(secrets.token_urlsafe(24) + "\n")
        aside.flush()
        os.fsync(aside.fileno())
        try:
            os.link(aside.name, path)
        except FileExistsError:
            return False
    return True
