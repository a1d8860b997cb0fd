"""The token that gives other machines access to the page."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from moodpi.errors import MoodpiError
from moodpi.private_files import hand_over, make_private_folder

FILE_NAME = "web-token"
MIN_LENGTH = 16


@dataclass(frozen=True)
class AccessToken:
    """A token and the cookie derived from it. Its repr does not contain it, so logs do not."""

    token: str

    @property
    def cookie(self) -> str:
        """The value of the login cookie; the token cannot be derived from it."""
        return hmac.new(self.token.encode(), b"moodpi cookie", hashlib.sha256).hexdigest()

    def matches(self, token: str) -> bool:
        """Whether `token` is this token, compared in constant time."""
        return hmac.compare_digest(_encoded(token), _encoded(self.token))

    def matches_cookie(self, cookie: str) -> bool:
        """Whether `cookie` belongs to this token, compared in constant time."""
        return hmac.compare_digest(_encoded(cookie), _encoded(self.cookie))

    def __repr__(self) -> str:
        return "AccessToken(...)"


def _encoded(text: str) -> bytes:
    """The text as bytes, also where it is no valid Unicode."""
    return text.encode("utf-8", "surrogatepass")


def load_or_create(folder: Path) -> tuple[AccessToken, bool]:
    """The token in `folder`, and whether it was created by this call; its file has mode 0600.

    An empty file, which a power cut or a full disk can leave behind, is replaced. Raises
    MoodpiError if the file cannot be read or written, or holds no token.
    """
    path = folder / FILE_NAME
    try:
        make_private_folder(folder)
        if path.exists() and path.stat().st_size == 0:
            path.unlink()
        created = _create(path)
        token = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise MoodpiError(
            f"cannot store the page's token in {path}: {error}", code="token_not_stored"
        ) from error
    if len(token) < MIN_LENGTH:
        raise MoodpiError(
            f"{path} is damaged: expected a token of at least {MIN_LENGTH} characters: remove the "
            "file to create a new token",
            code="damaged_token",
        )
    return AccessToken(token), created


def _create(path: Path) -> bool:
    """Create the file atomically; False if it exists, also if another process just created it."""
    if path.exists():
        return False
    with NamedTemporaryFile("w", dir=path.parent, prefix=f".{FILE_NAME}-") as temporary:
        temporary.write(secrets.token_urlsafe(24) + "\n")
        temporary.flush()
        os.fsync(temporary.fileno())
        hand_over(temporary.fileno(), path.parent)
        try:
            # Unlike a rename, a link never replaces the token of another process.
            os.link(temporary.name, path)
        except FileExistsError:
            return False
    return True
