"""The player for Navidrome, Gonic, Airsonic and other Subsonic servers: mpv plays their streams."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from edge.config.settings import PlayerSettings
from edge.music.library import Song
from edge.music.library.library import is_uri
from edge.music.library.song import SUBSONIC_PREFIX, song_of_tags
from edge.players.mpv_process import MpvProcess
from edge.players.music_server import Queue, QueueEntry, valid_answer
from edge.players.server_player import ServerPlayer
from edge.players.subsonic_api import SubsonicApi
from moodpi.errors import ConfigurationError, MoodpiError

# How often the newest album is asked for, and how often all songs are listed in any case: not every
# change makes a new album. In seconds.
LIBRARY_CHECK_INTERVAL, LISTING_INTERVAL = 300.0, 86400.0


class SubsonicPlayer(ServerPlayer):
    """Plays the songs of the server at `player.subsonic` through mpv."""

    def __init__(self, settings: PlayerSettings, catalog: Path | None = None) -> None:
        if not settings.subsonic:
            raise ConfigurationError(
                'player.subsonic is empty: player.kind "subsonic" requires an address such as '
                "http://user@music.local:4533",
                code="no_subsonic_server",
            )
        api = SubsonicApi(settings.subsonic, settings.subsonic_password)
        super().__init__(settings, catalog, SubsonicServer(api, settings.mpv_options))


class SubsonicServer(MpvProcess):
    """An mpv process that plays a server's songs. It receives their addresses over its socket."""

    lists_separately = True

    def __init__(self, api: SubsonicApi, options: Sequence[str] = ()) -> None:
        # youtube-dl would receive an address that mpv cannot play as an argument.
        super().__init__(["--ytdl=no", *options])
        self.name = api.name
        self.library_check_interval = LIBRARY_CHECK_INTERVAL
        self._api = api
        # The URI of each entry of mpv's playlist, by its id.
        self._uris: dict[str, str] = {}

    def connect(self) -> None:
        self._api.connect()
        super().connect()
        self._uris = {}

    def library_version(self) -> str:
        with valid_answer(self.name):
            return f"{self._api.newest_album()} {time.time() // LISTING_INTERVAL:.0f}"

    def list_songs(self, previous: Sequence[Song]) -> Iterable[Song]:  # noqa: ARG002
        with valid_answer(self.name):
            for item in self._api.songs():
                uri = f"{SUBSONIC_PREFIX}{item['id']}"
                titles, artists = [str(item.get("title", ""))], [str(item.get("artist", ""))]
                song = song_of_tags(uri, titles, artists, str(item.get("created", "")))
                if song is not None and is_uri(uri):
                    yield song

    def account(self) -> str:
        return self._api.account

    def starred(self) -> Mapping[str, float]:
        with valid_answer(self.name):
            return {
                f"{SUBSONIC_PREFIX}{song['id']}": _seconds(song.get("starred"))
                for song in self._api.starred_songs()
            }

    def star(self, uri: str, *, starred: bool) -> None:
        self._api.star(uri.removeprefix(SUBSONIC_PREFIX), starred=starred)

    def read_queue(self) -> Queue:
        queue = super().read_queue()
        # Nothing else adds entries to this mpv.
        self._uris = {entry.id: self._uris.get(entry.id, "") for entry in queue.entries}
        return replace(queue, entries=tuple(map(QueueEntry, self._uris, self._uris.values())))

    def append(self, uris: Sequence[str]) -> list[QueueEntry]:
        entries = super().append(uris)
        self._uris |= {entry.id: entry.uri for entry in entries}
        return entries

    def address(self, uri: str) -> str:
        return self._api.stream_url(uri.removeprefix(SUBSONIC_PREFIX))

    def save_playlist(self, name: str) -> None:
        """Refuse: a playlist would contain the credentials. No other program fills this queue."""
        raise MoodpiError(f"{self.name}: cannot save {name}", code="server_refused")


def _seconds(time_of_star: object) -> float:
    """A time such as 2026-11-28T03:00:00Z in seconds since 1970; 0 if it is not known.

    A time without a zone is UTC.
    """
    if not isinstance(time_of_star, str):
        return 0.0
    parsed = datetime.fromisoformat(time_of_star)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
