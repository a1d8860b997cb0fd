"""A client of the Subsonic API (http://www.subsonic.org/pages/api.jsp) with bounds on its answers.

py-opensonic brings aiohttp, requests and mashumaro; moodpi needs four requests.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import secrets
import time
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from edge.players.music_server import MAX_ERROR_LENGTH, ListingBudget, valid_answer
from edge.system.bounded_http import BoundedResponse
from moodpi.addresses import parse_url
from moodpi.errors import MoodpiError, UsageError
from moodpi.redaction import without_password
from moodpi.text import clean_text

VERSION = "1.12.0"
# The longest time for the connection and for an answer, in seconds. The largest answer in bytes: an
# album of 2,000 songs.
TIMEOUT, MAX_ANSWER_BYTES = 20.0, 8 * 2**20
# The longest time to list all songs, in seconds: to begin with, and more for each album.
LISTING_TIMEOUT, ALBUM_TIMEOUT = 60.0, 1.0
# http.client refuses more headers.
MAX_HEADER_BYTES = 100 * 65_536
# Albums in one answer, the most that the API allows.
PAGE_ALBUMS = 500
# The server has no passwords that it can compare with a token.
NO_TOKENS = (10, 41)

Item = dict[str, Any]


class _Response(BoundedResponse):
    max_bytes = MAX_HEADER_BYTES + MAX_ANSWER_BYTES


class _HttpConnection(http.client.HTTPConnection):
    response_class = _Response


class _HttpsConnection(http.client.HTTPSConnection):
    response_class = _Response


CONNECTIONS = {"http": _HttpConnection, "https": _HttpsConnection}


class SubsonicApi:
    """The requests of one user. address: `http://user@host:4533`. Raises MoodpiError.

    An error never shows an address, which contains the password or a token of it.
    """

    def __init__(self, address: str, password: str) -> None:
        self._url = parse_url(address)
        if self._url.scheme not in CONNECTIONS or not self._url.username:
            raise UsageError(
                "player.subsonic: expected an address such as http://user@music.local:4533",
                code="invalid_address",
            )
        self.name = f"Subsonic at {without_password(self._url.netloc)}"
        self.account = f"{self._url.username}@{without_password(self._url.netloc)}"
        self._password = password or self._url.password
        self._has_tokens = True

    def connect(self) -> None:
        """Find out how the server takes the password. Raises MoodpiError if it refuses it."""
        self._has_tokens = True
        answer = self._request("ping")
        if _error_code(answer) in NO_TOKENS:
            self._has_tokens = False
            answer = self._request("ping")
        self._checked(answer)

    def newest_album(self) -> str:
        """A text that changes with the newest album."""
        albums = list(self._albums("newest", 0, 1))
        return " ".join(f"{album['id']} {album.get('created', '')}" for album in albums)

    def songs(self) -> Iterator[Item]:
        """All songs, album by album, until the server lists no album that it has not listed yet."""
        budget = ListingBudget(self.name)
        deadline = time.monotonic() + LISTING_TIMEOUT
        listed: set[str] = set()
        offset = 0
        while albums := list(self._albums("alphabeticalByName", offset, PAGE_ALBUMS)):
            offset += len(albums)
            ids = {str(album["id"]) for album in albums} - listed
            if not ids:
                return
            listed |= ids
            deadline += len(ids) * ALBUM_TIMEOUT
            for album_id in sorted(ids):
                budget.spend(album_id)
                if time.monotonic() > deadline:
                    raise MoodpiError(
                        f"{self.name} lists its songs too slowly: expected {LISTING_TIMEOUT:.0f} "
                        f"seconds, and {ALBUM_TIMEOUT:.0f} more for each album",
                        code="listing_too_slow",
                    )
                yield from self.get("getAlbum", id=album_id)["album"].get("song", ())

    def starred_songs(self) -> Sequence[Item]:
        """The starred songs, with the time of their stars as `starred`."""
        songs: Sequence[Item] = self.get("getStarred2")["starred2"].get("song", ())
        return songs

    def star(self, song_id: str, *, starred: bool) -> None:
        """Star a song, or remove its star."""
        self.get("star" if starred else "unstar", id=song_id)

    def stream_url(self, song_id: str) -> str:
        """The address of a song's sound. It contains credentials and must not be printed."""
        return f"{self._url.scheme}://{self._url.netloc}{self._target('stream', id=song_id)}"

    def get(self, method: str, **parameters: object) -> Item:
        """The content of an answer."""
        return self._checked(self._request(method, **parameters))

    def _albums(self, order: str, offset: int, size: int) -> Iterator[Item]:
        answer = self.get("getAlbumList2", type=order, offset=offset, size=size)
        yield from answer["albumList2"].get("album", ())

    def _request(self, method: str, **parameters: object) -> Item:
        connection = CONNECTIONS[self._url.scheme](self._url.host, self._url.port, timeout=TIMEOUT)
        try:
            connection.request("GET", self._target(method, **parameters))
            response = connection.getresponse()
            content = response.read(MAX_ANSWER_BYTES + 1)
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise MoodpiError(
                f"{self.name} does not answer: {clean_text(str(reason), MAX_ERROR_LENGTH)}",
                code="server_unreachable",
            ) from None
        finally:
            connection.close()
        if response.status != http.client.OK or len(content) > MAX_ANSWER_BYTES:
            raise MoodpiError(
                f"{self.name} answers {method} with status {response.status} and "
                f"{len(content):,} bytes: expected 200 and at most {MAX_ANSWER_BYTES:,}",
                code="invalid_answer",
            )
        with valid_answer(self.name):
            answer = json.loads(content)["subsonic-response"]
            if not isinstance(answer, dict):
                raise TypeError("subsonic-response is no object")
            return answer

    def _checked(self, answer: Item) -> Item:
        with valid_answer(self.name):
            if answer["status"] == "ok":
                return answer
            reason = clean_text(str(answer["error"].get("message", "")), MAX_ERROR_LENGTH)
        raise MoodpiError(f"{self.name} refuses a request: {reason}", code="server_refused")

    def _target(self, method: str, **parameters: object) -> str:
        fields = {"v": VERSION, "c": "moodpi", "f": "json", "u": self._url.username}
        if self._has_tokens:
            salt = secrets.token_hex(8)
            token = hashlib.md5((self._password + salt).encode(), usedforsecurity=False)
            fields |= {"t": token.hexdigest(), "s": salt}
        else:
            fields["p"] = f"enc:{self._password.encode().hex()}"
        base = self._url.target.partition("?")[0].rstrip("/")
        return f"{base}/rest/{method}.view?{urlencode({**fields, **parameters})}"


def _error_code(answer: Item) -> int:
    error = answer.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) else 0
