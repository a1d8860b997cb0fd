"""The player on MPD, and on Mopidy through its MPD front end."""

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
from edge.players.server import Entry, Queue, Server, Sound
from edge.players.server_player import ServerPlayer
from moodpi.errors import MoodpiError

# python-mpd2 tells of every connection.
logging.getLogger("mpd").setLevel(logging.WARNING)

PORT = 6600
# How long MPD may take to answer, and Mopidy to list what it has, in seconds.
PATIENCE, LISTING_PATIENCE = 5.0, 120.0
# A server does as it is told a little later: how long it is waited for, and how often it is asked.
SETTLING, GLANCE = 2.0, 0.05
# MPD says when its songs change; Mopidy does not, so that it is asked for them now and then.
RECHECK, MOPIDY_RECHECK = 5.0, 3600.0
# Of what Mopidy offers only these are files of its owner's; the others reach into the internet.
MOPIDY_FOLDERS = {"Local media": "Local media/Tracks", "Files": "Files"}
IN_ORDER_ONCE = {"random": "0", "repeat": "0", "single": "0", "consume": "0"}


class MpdPlayer(ServerPlayer):
    """Plays on the server that `player.mpd` names."""

    def __init__(self, settings: PlayerSettings, catalog: Path | None = None) -> None:
        super().__init__(settings, catalog, MpdServer(settings.mpd, settings.mpd_password))


class MpdServer(Server):
    """address: host, host:port or a socket's path."""

    def __init__(self, address: str, password: str = "") -> None:
        self.name = f"MPD at {address}"
        self.recheck = RECHECK
        self._address = address
        self._password = password
        self._client: Any = None
        self._mopidy = False
        self._schemes: set[str] = set()
        self._queue_version = ""
        self._entries: tuple[Entry, ...] = ()
        self._set: dict[str, str] = {}

    def connect(self) -> None:
        self._client = mpd.MPDClient()
        self._client.timeout = PATIENCE
        self._queue_version = ""
        host, _, port = self._address.rpartition(":")
        with self._talking():
            if self._address.startswith(("/", "@")) or not port.isdecimal():
                self._client.connect(self._address, PORT)
            else:
                self._client.connect(host.strip("[]"), int(port))
            if self._password:
                self._client.password(self._password)
            handlers = self._client.urlhandlers()
        # Mopidy lists `file`, MPD `file://`.
        self._mopidy = not any("://" in handler for handler in handlers)
        self._schemes = {handler.partition(":")[0] for handler in handlers}
        self.recheck = MOPIDY_RECHECK if self._mopidy else RECHECK

    def close(self) -> None:
        if self._client is not None:
            with suppress(mpd.MPDError, OSError):
                self._client.disconnect()
            self._client = None

    def takes_spotify(self) -> bool:
        return "spotify" in self._schemes

    def version(self) -> str:
        if self._mopidy:
            return ""
        with self._talking():
            stats = self._client.stats()
        return f"{stats.get('db_update')} {stats.get('songs')}"

    def songs(self, known: Sequence[Song]) -> Iterable[Song]:  # noqa: ARG002
        folders = [""]
        if self._mopidy:
            roots = [entry.get("directory") for entry in self._list("")]
            folders = [below for name, below in MOPIDY_FOLDERS.items() if name in roots][:1]
        while folders:
            for entry in self._list(folders.pop()):
                if "directory" in entry:
                    folders.append(entry["directory"])
                elif song := _song(entry):
                    yield song

    def look(self) -> Queue:
        with self._talking():
            status = self._client.status()
            if status["playlist"] != self._queue_version:
                listed = self._client.playlistinfo()
                self._entries = tuple(Entry(entry["id"], entry["file"]) for entry in listed)
                self._queue_version = status["playlist"]
        sound = Sound(status["state"])
        return Queue(self._entries, status.get("songid"), sound, status.get("error", ""))

    def append(self, uris: Sequence[str]) -> list[Entry]:
        entries = []
        for uri in uris:
            with self._talking(), suppress(mpd.CommandError):  # it was deleted meanwhile
                entries.append(Entry(self._client.addid(uri), uri))
        return entries

    def remove(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            with self._talking(), suppress(mpd.CommandError):  # its owner was faster
                self._client.deleteid(entry.id)

    def start(self, entry: Entry) -> None:
        if not self._mopidy:
            with self._talking():
                self._client.clearerror()
        with self._talking():
            try:
                self._client.playid(entry.id)
            except mpd.CommandError:
                if error := self._client.status().get("error"):
                    raise MoodpiError(f"{self.name} cannot play: {error}") from None
                raise
        # Mostly it says that it plays before it has found its sound card.
        self._settle(lambda status: "error" in status or float(status.get("elapsed", 0)) > 0)

    def pause(self, *, paused: bool) -> None:
        with self._talking():
            self._client.pause(int(paused))
        sound = Sound.PAUSE if paused else Sound.PLAY
        self._settle(lambda status: status["state"] == sound)

    def save(self, name: str) -> None:
        with self._talking():
            self._client.save(name)

    def prepare(self, crossfade: float) -> Mapping[str, str]:
        with self._talking():
            status = self._client.status()
        self._set = dict(IN_ORDER_ONCE)
        if crossfade:
            self._set["xfade"] = str(round(crossfade))
        before = {name: status.get(name, "0") for name in self._set}
        self._apply({name: value for name, value in self._set.items() if before[name] != value})
        return before

    def restore(self, before: Mapping[str, str]) -> None:
        with self._talking():
            status = self._client.status()
        # After a crash it is not known what had been set.
        ours = {name: self._set.get(name, status.get(name, "0")) for name in before}
        self._apply(
            {n: v for n, v in before.items() if status.get(n, "0") == ours[n] and ours[n] != v}
        )

    def _apply(self, options: Mapping[str, str]) -> None:
        for name, value in options.items():
            # Mopidy has no cross-fade.
            with self._talking(), suppress(mpd.CommandError, ValueError):
                getattr(self._client, "crossfade" if name == "xfade" else name)(value)

    def _list(self, folder: str) -> list[dict[str, Any]]:
        self._client.timeout = LISTING_PATIENCE
        try:
            with self._talking():
                listed: list[dict[str, Any]] = self._client.lsinfo(folder)
        finally:
            self._client.timeout = PATIENCE
        return listed

    def _settle(self, done: Callable[[Mapping[str, str]], bool]) -> None:
        """Until a status is what was asked for, or for SETTLING seconds."""
        deadline = time.monotonic() + SETTLING
        while time.monotonic() < deadline:
            with self._talking():
                status = self._client.status()
            if done(status):
                return
            time.sleep(GLANCE)

    @contextmanager
    def _talking(self) -> Iterator[None]:
        try:
            yield
        # What Mopidy does not implement python-mpd2 takes for an answer of no known form.
        except (mpd.CommandError, ValueError) as error:
            raise MoodpiError(f"{self.name} refuses: {error}") from error
        except (mpd.MPDError, OSError, KeyError) as error:
            why = getattr(error, "strerror", None) or str(error) or "it hung up"
            raise MoodpiError(f"{self.name} does not answer: {why}") from error


def _song(entry: Mapping[str, Any]) -> Song | None:
    """What an entry of a listing says; None without title or artist. Tags may be there twice."""
    artists = _values(entry, "artist") or _values(entry, "albumartist")
    titles = _values(entry, "title")
    if "file" not in entry or not titles or not artists:
        return None
    return Song(entry["file"], titles[0], artists, entry.get("last-modified", ""))


def _values(entry: Mapping[str, Any], tag: str) -> tuple[str, ...]:
    value = entry.get(tag, ())
    return (value,) if isinstance(value, str) else tuple(value)
