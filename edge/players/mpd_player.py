"""The player for MPD, and for Mopidy with its MPD frontend."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import mpd
from mpd.base import FailureResponseCode

from edge.config.settings import PlayerSettings
from edge.music.library import Song
from edge.players.mpd_address import parse_mpd_address
from edge.players.mpd_connection import SONG_TAGS, BoundedClient, HangUpError
from edge.players.mpd_library import mopidy_songs, mpd_songs, one_value
from edge.players.music_server import (
    MAX_ERROR_LENGTH,
    ListingBudget,
    MusicServer,
    Queue,
    QueueEntry,
    ServerPlayback,
    valid_answer,
)
from edge.players.server_player import ServerPlayer
from moodpi.errors import MoodpiError
from moodpi.paths import expand_home
from moodpi.redaction import redact_address
from moodpi.text import CONTROL, clean_text

# python-mpd2 logs every connection at level INFO.
logging.getLogger("mpd").setLevel(logging.WARNING)

# The refusals that a password prevents.
NO_PERMISSION = (FailureResponseCode.PASSWORD, FailureResponseCode.PERMISSION)
# The longest time for an answer, in seconds. Lists of songs have limits of their own.
COMMAND_TIMEOUT = 5.0
# Reads of a queue that another program changes meanwhile, before the last one is used.
MAX_QUEUE_READS = 3
# A server applies a command some time after its answer. The longest wait for the new status, and
# the time between two reads, in seconds.
STATUS_TIMEOUT, STATUS_POLL_INTERVAL = 2.0, 0.05
# Seconds between checks of MPD's library version; between full listings of Mopidy.
LIBRARY_CHECK_INTERVAL, MOPIDY_LIBRARY_CHECK_INTERVAL = 5.0, 3600.0
# The options that play each entry once and in order.
PLAYBACK_OPTIONS = {"random": "0", "repeat": "0", "single": "0", "consume": "0"}
OPTION_VALUE = re.compile(r"[a-z0-9.]{1,16}")
# The commands that set an option, by the name of the option in the status.
OPTION_COMMANDS = {**{name: name for name in PLAYBACK_OPTIONS}, "xfade": "crossfade"}


class MpdPlayer(ServerPlayer):
    """Plays on the server at `player.mpd`. QueueController.release gives the queue back."""

    def __init__(self, settings: PlayerSettings, catalog: Path | None = None) -> None:
        folders = [expand_home(folder) for folder in settings.music]
        server = MpdServer(settings.mpd, settings.mpd_password, folders)
        super().__init__(settings, catalog, server)


class MpdServer(MusicServer):
    """A connection to MPD or Mopidy.

    address: see parse_mpd_address. password: replaces its own. folders: where the server's music
    folder can be on this machine.
    """

    def __init__(self, address: str, password: str = "", folders: Sequence[Path] = ()) -> None:
        self.name = f"MPD at {redact_address(address)}"
        self.library_check_interval = LIBRARY_CHECK_INTERVAL
        self._address = parse_mpd_address(address)
        self._password = password or self._address.password
        self._folders = tuple(folder.absolute() for folder in folders)
        self._client: BoundedClient | None = None
        self._is_mopidy = False
        self._schemes: set[str] = set()
        self._queue_version = ""
        self._entries: tuple[QueueEntry, ...] = ()
        self._options: dict[str, str] = {}

    def connect(self) -> None:
        self._client = BoundedClient()
        self._queue_version = ""
        with self._answer() as client:
            client.connect(self._address.host, self._address.port)
        with self._answer() as client:
            if self._password:
                client.password(self._password)
            handlers = client.urlhandlers()
        # Mopidy lists "file", MPD lists "file://".
        self._is_mopidy = not any("://" in handler for handler in handlers)
        self._schemes = {handler.partition(":")[0] for handler in handlers}
        if not self._folders and not self._is_mopidy:
            self._folders = self._music_folder()
        # Older servers cannot leave tags out.
        with self._answer() as client, suppress(mpd.CommandError):
            client.tagtypes("clear")
            client.tagtypes("enable", *SONG_TAGS)
        self.library_check_interval = (
            MOPIDY_LIBRARY_CHECK_INTERVAL if self._is_mopidy else LIBRARY_CHECK_INTERVAL
        )

    def _music_folder(self) -> tuple[Path, ...]:
        """MPD's music folder. MPD states it only to clients of its local socket."""
        with self._answer() as client, suppress(mpd.CommandError):
            folder = client.config().get("music_directory", "")
            return (Path(folder),) if folder.startswith("/") else ()
        return ()

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
        with self._answer() as client:
            stats = client.stats()
            return f"{int(stats.get('db_update', 0))} {int(stats.get('songs', 0))}"

    def list_songs(self, previous: Sequence[Song]) -> Iterable[Song]:  # noqa: ARG002
        with self._answer() as client:
            if self._is_mopidy:
                yield from mopidy_songs(client, ListingBudget(self.name))
            else:
                yield from mpd_songs(client)

    def paths(self, uri: str) -> Sequence[str]:
        return [str(folder / uri) for folder in self._folders]

    def read_queue(self) -> Queue:
        with self._answer() as client:
            status = client.status()
            for _ in range(MAX_QUEUE_READS):
                if status["playlist"] == self._queue_version:
                    break
                self._entries = self._read_entries()
                self._queue_version = status["playlist"]
                client.begin_answer(COMMAND_TIMEOUT)
                status = client.status()
            playback = ServerPlayback(status["state"])
            error = clean_text(status.get("error", ""), MAX_ERROR_LENGTH)
            elapsed = float(status.get("elapsed", 0))
        return Queue(self._entries, status.get("songid"), playback, error, elapsed)

    def _read_entries(self) -> tuple[QueueEntry, ...]:
        budget = ListingBudget(self.name)
        entries = []
        with self._answer() as client:
            try:
                for entry in client.entries_in_windows("playlistinfo"):
                    texts = budget.spend(one_value(entry, "id"), one_value(entry, "file"))
                    entries.append(QueueEntry(*texts))
            except mpd.CommandError:
                # A window beyond the end is refused: the queue has become shorter meanwhile.
                if not entries:
                    raise
        return tuple(entries)

    def append(self, uris: Sequence[str]) -> list[QueueEntry]:
        entries, queue_is_full = [], False
        for uri in uris:
            if CONTROL.search(uri):  # a line break would end the command and begin another one
                continue
            with self._answer() as client:
                try:
                    entries.append(QueueEntry(client.addid(uri), uri))
                except mpd.CommandError as error:
                    if error.errno in NO_PERMISSION:
                        raise
                    # Any other refusal is of this URI alone: its file was deleted.
                    if error.errno == FailureResponseCode.PLAYLIST_MAX:
                        queue_is_full = True
        if queue_is_full and not entries:
            raise MoodpiError(
                f"the queue of {self.name} is full: clear it, or raise max_playlist_length in its "
                "configuration",
                code="queue_full",
            )
        return entries

    def remove(self, entries: Sequence[QueueEntry]) -> None:
        for entry in entries:
            # Another program removed it.
            with self._answer() as client, suppress(mpd.CommandError):
                client.deleteid(entry.id)

    def play(self, entry: QueueEntry) -> None:
        if not self._is_mopidy:
            with self._answer() as client:
                client.clearerror()
        with self._answer() as client:
            try:
                client.playid(entry.id)
            except mpd.CommandError:
                if error := client.status().get("error"):
                    raise MoodpiError(
                        f"{self.name} cannot play: {clean_text(error, MAX_ERROR_LENGTH)}",
                        code="playback_failed",
                    ) from None
                raise
        # MPD usually reports the state "play" before it opens the sound card.
        self._wait_for_status(
            lambda status: "error" in status or float(status.get("elapsed", 0)) > 0
        )

    def set_paused(self, *, paused: bool) -> None:
        with self._answer() as client:
            client.pause(int(paused))
        playback = ServerPlayback.PAUSED if paused else ServerPlayback.PLAYING
        self._wait_for_status(lambda status: status["state"] == playback)

    def save_playlist(self, name: str) -> None:
        with self._answer() as client:
            client.save(name)

    def set_options(self, crossfade: float) -> Mapping[str, str]:
        self._options = dict(PLAYBACK_OPTIONS)
        if crossfade:
            self._options["xfade"] = str(round(crossfade))
        previous = self._read_options(self._options)
        self._send_options(
            {name: value for name, value in self._options.items() if previous[name] != value}
        )
        return previous

    def restore_options(self, previous: Mapping[str, str]) -> None:
        current = self._read_options(previous)
        # After a crash it is unknown which options moodpi has set.
        own = {name: self._options.get(name, current[name]) for name in previous}
        self._send_options(
            {name: value for name, value in previous.items() if current[name] == own[name] != value}
        )

    def _read_options(self, names: Iterable[str]) -> dict[str, str]:
        with self._answer() as client:
            status = client.status()
            return {name: str(status.get(name, "0")) for name in names}

    def _send_options(self, options: Mapping[str, str]) -> None:
        for name, value in options.items():
            # A saved option comes from a file, which can be damaged: only the value of an option
            # is sent. Mopidy does not support a cross-fade.
            if name in OPTION_COMMANDS and OPTION_VALUE.fullmatch(value):
                with self._answer() as client, suppress(mpd.CommandError, ValueError):
                    getattr(client, OPTION_COMMANDS[name])(value)

    def _wait_for_status(self, is_reached: Callable[[Mapping[str, str]], bool]) -> None:
        """Wait until the status is reached, for STATUS_TIMEOUT at most."""
        deadline = time.monotonic() + STATUS_TIMEOUT
        while time.monotonic() < deadline:
            with self._answer() as client:
                if is_reached(client.status()):
                    return
            time.sleep(STATUS_POLL_INTERVAL)

    @contextmanager
    def _answer(self) -> Iterator[Any]:
        """The client for one command, whose answer may take COMMAND_TIMEOUT.

        Every error of python-mpd2 and of the answer's content becomes a MoodpiError.
        """
        if self._client is None:
            raise RuntimeError("MPD is not connected")
        self._client.begin_answer(COMMAND_TIMEOUT)
        # python-mpd2 also raises ValueError for a command that Mopidy does not implement.
        with valid_answer(self.name):
            try:
                yield self._client
            except mpd.CommandError as error:
                fix = ": set player.mpd_password" if error.errno in NO_PERMISSION else ""
                raise MoodpiError(
                    f"{self.name} rejects a command: {_reason(error)}{fix}", code="server_refused"
                ) from error
            except HangUpError as error:
                raise MoodpiError(
                    f"{self.name} closes the connection: {error}: if this repeats, raise "
                    "max_output_buffer_size in its configuration",
                    code="server_hung_up",
                ) from error
            except (mpd.MPDError, OSError, UnicodeError) as error:
                raise MoodpiError(
                    f"{self.name} does not answer: {_reason(error)}", code="server_unreachable"
                ) from error


def _reason(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error) or "connection closed"
    return clean_text(reason, MAX_ERROR_LENGTH)
