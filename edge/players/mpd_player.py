"""The player for MPD, and for Mopidy with its MPD frontend."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import mpd

from edge.config.settings import PlayerSettings
from edge.music.library import Song
from edge.players.music_server import MusicServer, Queue, QueueEntry, ServerPlayback
from edge.players.server_player import ServerPlayer
from moodpi.errors import MoodpiError
from moodpi.redaction import redact_address

# python-mpd2 logs every connection at level INFO.
logging.getLogger("mpd").setLevel(logging.WARNING)

DEFAULT_PORT = 6600
# The longest time for an answer, and for a listing of Mopidy's songs, in seconds.
COMMAND_TIMEOUT, LISTING_TIMEOUT = 5.0, 120.0
# A server applies a command some time after its answer. The longest wait for the new status, and
# the time between two reads, in seconds.
STATUS_TIMEOUT, STATUS_POLL_INTERVAL = 2.0, 0.05
# Seconds between checks of MPD's library version; between full listings of Mopidy.
LIBRARY_CHECK_INTERVAL, MOPIDY_LIBRARY_CHECK_INTERVAL = 5.0, 3600.0
# Mopidy's folders of local files, and where their songs are. Others stream from the internet.
MOPIDY_FOLDERS = {"Local media": "Local media/Tracks", "Files": "Files"}
# The options that play each entry once and in order.
PLAYBACK_OPTIONS = {"random": "0", "repeat": "0", "single": "0", "consume": "0"}


class MpdPlayer(ServerPlayer):
    """Plays on the server at `player.mpd`. QueueController.release gives the queue back."""

    def __init__(self, settings: PlayerSettings, catalog: Path | None = None) -> None:
        super().__init__(settings, catalog, MpdServer(settings.mpd, settings.mpd_password))


class MpdServer(MusicServer):
    """A connection to MPD or Mopidy. address: host, host:port or the path of a socket."""

    def __init__(self, address: str, password: str = "") -> None:
        self.name = f"MPD at {redact_address(address)}"
        self.library_check_interval = LIBRARY_CHECK_INTERVAL
        self._address = address
        self._password = password
        self._client: Any = None
        self._is_mopidy = False
        self._schemes: set[str] = set()
        self._queue_version = ""
        self._entries: tuple[QueueEntry, ...] = ()
        self._options: dict[str, str] = {}

    def connect(self) -> None:
        self._client = mpd.MPDClient()
        self._client.timeout = COMMAND_TIMEOUT
        self._queue_version = ""
        host, _, port = self._address.rpartition(":")
        with self._server_errors():
            if self._address.startswith(("/", "@")) or not port.isdecimal():
                self._client.connect(self._address, DEFAULT_PORT)
            else:
                self._client.connect(host.strip("[]"), int(port))
            if self._password:
                self._client.password(self._password)
            handlers = self._client.urlhandlers()
        # Mopidy lists "file", MPD lists "file://".
        self._is_mopidy = not any("://" in handler for handler in handlers)
        self._schemes = {handler.partition(":")[0] for handler in handlers}
        self.library_check_interval = (
            MOPIDY_LIBRARY_CHECK_INTERVAL if self._is_mopidy else LIBRARY_CHECK_INTERVAL
        )

    def close(self) -> None:
        if self._client is not None:
            with suppress(mpd.MPDError, OSError):
                self._client.disconnect()
            self._client = None

    def plays_spotify(self) -> bool:
        return "spotify" in self._schemes

    def library_version(self) -> str:
        if self._is_mopidy:
            return ""
        with self._server_errors():
            stats = self._client.stats()
        return f"{stats.get('db_update')} {stats.get('songs')}"

    def list_songs(self, previous: Sequence[Song]) -> Iterable[Song]:  # noqa: ARG002
        folders = [""]
        if self._is_mopidy:
            roots = [entry.get("directory") for entry in self._list("")]
            folders = [folder for name, folder in MOPIDY_FOLDERS.items() if name in roots][:1]
        while folders:
            for entry in self._list(folders.pop()):
                if "directory" in entry:
                    folders.append(entry["directory"])
                elif song := _song(entry):
                    yield song

    def read_queue(self) -> Queue:
        with self._server_errors():
            status = self._client.status()
            if status["playlist"] != self._queue_version:
                listed = self._client.playlistinfo()
                self._entries = tuple(QueueEntry(entry["id"], entry["file"]) for entry in listed)
                self._queue_version = status["playlist"]
        playback = ServerPlayback(status["state"])
        return Queue(self._entries, status.get("songid"), playback, status.get("error", ""))

    def append(self, uris: Sequence[str]) -> list[QueueEntry]:
        entries = []
        for uri in uris:
            with self._server_errors(), suppress(mpd.CommandError):  # the file was deleted
                entries.append(QueueEntry(self._client.addid(uri), uri))
        return entries

    def remove(self, entries: Sequence[QueueEntry]) -> None:
        for entry in entries:
            with self._server_errors(), suppress(mpd.CommandError):  # another program removed it
                self._client.deleteid(entry.id)

    def play(self, entry: QueueEntry) -> None:
        if not self._is_mopidy:
            with self._server_errors():
                self._client.clearerror()
        with self._server_errors():
            try:
                self._client.playid(entry.id)
            except mpd.CommandError:
                if error := self._client.status().get("error"):
                    raise MoodpiError(
                        f"{self.name} cannot play: {error}", code="playback_failed"
                    ) from None
                raise
        # MPD usually reports the state "play" before it opens the sound card.
        self._wait_for_status(
            lambda status: "error" in status or float(status.get("elapsed", 0)) > 0
        )

    def set_paused(self, *, paused: bool) -> None:
        with self._server_errors():
            self._client.pause(int(paused))
        playback = ServerPlayback.PAUSED if paused else ServerPlayback.PLAYING
        self._wait_for_status(lambda status: status["state"] == playback)

    def save_playlist(self, name: str) -> None:
        with self._server_errors():
            self._client.save(name)

    def set_options(self, crossfade: float) -> Mapping[str, str]:
        with self._server_errors():
            status = self._client.status()
        self._options = dict(PLAYBACK_OPTIONS)
        if crossfade:
            self._options["xfade"] = str(round(crossfade))
        previous = {name: status.get(name, "0") for name in self._options}
        self._send_options(
            {name: value for name, value in self._options.items() if previous[name] != value}
        )
        return previous

    def restore_options(self, previous: Mapping[str, str]) -> None:
        with self._server_errors():
            status = self._client.status()
        current = {name: status.get(name, "0") for name in previous}
        # After a crash it is unknown which options moodpi has set.
        own = {name: self._options.get(name, current[name]) for name in previous}
        self._send_options(
            {name: value for name, value in previous.items() if current[name] == own[name] != value}
        )

    def _send_options(self, options: Mapping[str, str]) -> None:
        for name, value in options.items():
            # Mopidy does not support a cross-fade.
            with self._server_errors(), suppress(mpd.CommandError, ValueError):
                getattr(self._client, "crossfade" if name == "xfade" else name)(value)

    def _list(self, folder: str) -> list[dict[str, Any]]:
        self._client.timeout = LISTING_TIMEOUT
        try:
            with self._server_errors():
                listed: list[dict[str, Any]] = self._client.lsinfo(folder)
        finally:
            self._client.timeout = COMMAND_TIMEOUT
        return listed

    def _wait_for_status(self, is_reached: Callable[[Mapping[str, str]], bool]) -> None:
        """Wait until the status is reached, for STATUS_TIMEOUT at most."""
        deadline = time.monotonic() + STATUS_TIMEOUT
        while time.monotonic() < deadline:
            with self._server_errors():
                status = self._client.status()
            if is_reached(status):
                return
            time.sleep(STATUS_POLL_INTERVAL)

    @contextmanager
    def _server_errors(self) -> Iterator[None]:
        """Translate the errors of python-mpd2 to MoodpiError."""
        try:
            yield
        # python-mpd2 raises ValueError for the answer to a command that Mopidy does not implement.
        except (mpd.CommandError, ValueError) as error:
            raise MoodpiError(
                f"{self.name} rejects a command: {error}", code="server_refused"
            ) from error
        except (mpd.MPDError, OSError, KeyError) as error:
            reason = getattr(error, "strerror", None) or str(error) or "connection closed"
            raise MoodpiError(
                f"{self.name} does not answer: {reason}", code="server_unreachable"
            ) from error


def _song(entry: Mapping[str, Any]) -> Song | None:
    """The song of a listed entry, None without a title or an artist."""
    artists = _values(entry, "artist") or _values(entry, "albumartist")
    titles = _values(entry, "title")
    if "file" not in entry or not titles or not artists:
        return None
    return Song(entry["file"], titles[0], artists, entry.get("last-modified", ""))


def _values(entry: Mapping[str, Any], tag: str) -> tuple[str, ...]:
    """All values of a tag. A file can have a tag more than once."""
    value = entry.get(tag, ())
    return (value,) if isinstance(value, str) else tuple(value)
