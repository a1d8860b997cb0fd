"""The player of local files: mpv, started by moodpi and spoken to over its JSON IPC."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import socket
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from edge.config.settings import PlayerSettings
from edge.music.library import Song
from edge.music.library.tags import AUDIO, read_tags
from edge.players.server import Entry, Queue, Server, Sound
from edge.players.server_player import ServerPlayer
from moodpi.errors import ConfigurationError, MoodpiError
from moodpi.files import write_atomic
from moodpi.paths import state_folder

log = logging.getLogger(__name__)

# How long mpv may take to answer and to end, in seconds.
PATIENCE, FAREWELL = 5.0, 1.0
# How often the folders are looked through for new, changed and missing files, in seconds.
RECHECK = 300.0
# Nobody's settings but moodpi's: a script or `save-position-on-quit` would play something else.
COMMAND = ("mpv", "--idle=yes", "--no-config", "--no-video", "--no-terminal", "--audio-display=no")


class MpvPlayer(ServerPlayer):
    """Plays the files under the folders `player.music`."""

    def __init__(self, settings: PlayerSettings, catalog: Path | None = None) -> None:
        if not settings.music:
            raise ConfigurationError(
                'player.music is empty: expected folders, as ["/srv/music"], because player.kind '
                'is "mpv"'
            )
        server = MpvServer([Path(folder) for folder in settings.music], settings.mpv_options)
        super().__init__(settings, catalog, server)


class MpvServer(Server):
    """An mpv of moodpi's own; it ends when the connection does, whatever became of moodpi."""

    def __init__(self, folders: Sequence[Path], options: Sequence[str] = ()) -> None:
        self.name = "mpv"
        self.recheck = RECHECK
        self._folders = [folder.expanduser() for folder in folders]
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._received = b""
        self._request = 0
        self._stamps: dict[str, str] = {}
        self._unnamed = 0

    def connect(self) -> None:
        ours, theirs = socket.socketpair()
        client = f"--input-ipc-client=fd://{theirs.fileno()}"
        try:
            self._process = subprocess.Popen(
                [*COMMAND, *self._options, client],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # Ctrl-C is moodpi's: it ends mpv itself.
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            raise MoodpiError(
                f"mpv cannot be started: {error.strerror}: apt install mpv"
            ) from error
        finally:
            theirs.close()
        ours.settimeout(PATIENCE)
        self._socket, self._received = ours, b""
        self._ask("get_property", "mpv-version")

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._process is not None:
            try:
                self._process.wait(FAREWELL)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def takes_spotify(self) -> bool:
        return False

    def version(self) -> str:
        """Of all files with their times and sizes."""
        found = dict(self._walk())
        # Of an old disk; neither JSON nor mpv's answers carry what is no UTF-8.
        self._stamps = {path: stamp for path, stamp in found.items() if _is_text(path)}
        if (unnamed := len(found) - len(self._stamps)) != self._unnamed:
            log.warning("player.music: %d files are left out, their names are no UTF-8", unnamed)
            self._unnamed = unnamed
        said = json.dumps(sorted(self._stamps.items()))
        return hashlib.sha256(said.encode()).hexdigest()

    def songs(self, known: Sequence[Song]) -> Iterable[Song]:
        """Only files that are new or have changed are read."""
        before = {song.uri: song for song in known}
        for path, stamp in sorted(self._stamps.items()):
            song = before.get(path)
            if song is None or song.stamp != stamp:
                song = read_tags(Path(path), stamp)
            if song is not None:
                yield song

    def look(self) -> Queue:
        listed = self._ask("get_property", "playlist")
        entries = tuple(Entry(str(e["id"]), e["filename"]) for e in listed)
        current = next((str(e["id"]) for e in listed if e.get("current")), None)
        if self._ask("get_property", "idle-active"):
            return Queue(entries, None, Sound.STOP)
        paused = self._ask("get_property", "pause")
        return Queue(entries, current, Sound.PAUSE if paused else Sound.PLAY)

    def append(self, uris: Sequence[str]) -> list[Entry]:
        there = [uri for uri in uris if Path(uri).is_file()]
        added = [self._ask("loadfile", uri, "append") for uri in there]
        return [Entry(str(a["playlist_entry_id"]), u) for a, u in zip(added, there, strict=True)]

    def remove(self, entries: Sequence[Entry]) -> None:
        gone = {entry.id for entry in entries}
        places = [n for n, entry in enumerate(self.look().entries) if entry.id in gone]
        for place in reversed(places):
            self._ask("playlist-remove", place)

    def start(self, entry: Entry) -> None:
        place = [there.id for there in self.look().entries].index(entry.id)
        self._ask("playlist-play-index", place)
        self.pause(paused=False)

    def pause(self, *, paused: bool) -> None:
        self._ask("set_property", "pause", paused)

    def save(self, name: str) -> None:
        uris = [entry.uri for entry in self.look().entries]
        write_atomic({state_folder() / f"{name}.m3u": "\n".join([*uris, ""]).encode()})

    def prepare(self, crossfade: float) -> Mapping[str, str]:  # noqa: ARG002
        return {}

    def restore(self, before: Mapping[str, str]) -> None:
        """Nothing of mpv's was set."""

    def _walk(self) -> Iterator[tuple[str, str]]:
        for folder in self._folders:
            if not folder.is_dir():
                raise MoodpiError(f"player.music: no folder {folder}: is the disk there?")
            for parent, _, names in os.walk(folder):
                for name in names:
                    path = Path(parent, name)
                    if path.suffix.lower() in AUDIO:
                        with suppress(OSError):
                            status = path.stat()
                            yield str(path), f"{status.st_mtime_ns} {status.st_size}"

    def _ask(self, *command: Any) -> Any:
        """What mpv answers (mpv(1), JSON IPC); events that come in between are passed over."""
        if self._socket is None:
            raise RuntimeError("mpv was not started")
        self._request += 1
        line = json.dumps({"command": command, "request_id": self._request})
        try:
            self._socket.sendall(line.encode() + b"\n")
            while (answer := self._read()).get("request_id") != self._request or "event" in answer:
                pass
        except OSError as error:
            raise MoodpiError(f"mpv does not answer: {error}") from error
        if answer["error"] != "success":
            raise MoodpiError(f"mpv refuses {command[0]}: {answer['error']}")
        return answer.get("data")

    def _read(self) -> dict[str, Any]:
        while b"\n" not in self._received:
            received = self._socket.recv(65_536) if self._socket else b""
            if not received:
                raise ConnectionError("it has ended")
            self._received += received
        line, _, self._received = self._received.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
