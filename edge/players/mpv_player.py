"""The player for local files: an mpv process, controlled over its JSON IPC."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import socket
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from edge.config.settings import PlayerSettings
from edge.music.library import Song
from edge.music.library.files import audio_files
from edge.music.library.library import is_uri
from edge.music.library.tags import read_tags
from edge.players.mpv_ipc import MpvIpc
from edge.players.music_server import (
    MusicServer,
    Queue,
    QueueEntry,
    ServerPlayback,
    valid_answer,
)
from edge.players.server_player import ServerPlayer
from edge.system.child_output import ChildOutput
from edge.system.log_once import LogOnce
from moodpi.errors import ConfigurationError, MoodpiError
from moodpi.paths import expand_home, state_folder
from moodpi.private_files import write_private

log = logging.getLogger(__name__)

# The longest time for the process to end, in seconds.
EXIT_TIMEOUT = 1.0
# The longest wait for the last line of a process that does not answer, in seconds.
OUTPUT_TIMEOUT = 0.5
# How often the folders are searched for new, changed and missing files, in seconds.
LIBRARY_CHECK_INTERVAL = 300.0
# --no-config: the user's scripts or `save-position-on-quit` would change what is played.
# It prints errors only.
COMMAND = (
    *("mpv", "--idle=yes", "--no-config", "--no-video", "--audio-display=no"),
    *("--input-terminal=no", "--msg-level=all=error"),
)


class MpvPlayer(ServerPlayer):
    """Plays the audio files in the folders of `player.music`."""

    def __init__(self, settings: PlayerSettings, catalog: Path | None = None) -> None:
        if not settings.music:
            raise ConfigurationError(
                'player.music is empty: player.kind "mpv" requires folders, for example '
                '["/srv/music"]',
                code="no_music_folders",
            )
        server = MpvServer([expand_home(folder) for folder in settings.music], settings.mpv_options)
        super().__init__(settings, catalog, server)


class MpvServer(MusicServer):
    """An mpv process. mpv exits when its connection closes, even if moodpi is killed."""

    def __init__(self, folders: Sequence[Path], options: Sequence[str] = ()) -> None:
        self.name = "mpv"
        self.library_check_interval = LIBRARY_CHECK_INTERVAL
        self._folders = list(folders)
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self._ipc: MpvIpc | None = None
        self._output: ChildOutput | None = None
        # The time and size of every file, by path.
        self._revisions: dict[str, str] = {}
        self._warnings = LogOnce(log)

    def connect(self) -> None:
        own_end, mpv_end = socket.socketpair()
        client = f"--input-ipc-client=fd://{mpv_end.fileno()}"
        try:
            self._process = subprocess.Popen(
                [*COMMAND, *self._options, client],
                stdin=subprocess.DEVNULL,
                # mpv prints its errors on stdout, the libraries for sound on stderr.
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=[mpv_end.fileno()],
                # Without the signal of Ctrl-C: moodpi ends mpv itself.
                start_new_session=True,
            )
        except OSError as error:
            own_end.close()
            raise MoodpiError(
                f"cannot start mpv: {error.strerror}: apt install mpv", code="cannot_start_mpv"
            ) from error
        finally:
            mpv_end.close()
        self._ipc = MpvIpc(own_end)
        if self._process.stdout:
            self._output = ChildOutput("mpv", self._process.stdout)
        self._send("get_property", "mpv-version")

    def close(self) -> None:
        if self._ipc is not None:
            self._ipc.close()
            self._ipc = None
        if self._process is not None:
            try:
                self._process.wait(EXIT_TIMEOUT)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def plays_spotify(self) -> bool:
        return False

    def library_version(self) -> str:
        """A digest of all files with their times and sizes."""
        revisions = dict(audio_files(self._folders))
        self._revisions = {path: revision for path, revision in revisions.items() if is_uri(path)}
        if skipped := sorted(revisions.keys() - self._revisions.keys()):
            self._warnings.warning(
                "player.music: skipped %d files, their names have control characters: rename %s",
                len(skipped),
                skipped[0],
            )
        else:
            self._warnings.reset()
        content = json.dumps(sorted(self._revisions.items()))
        return hashlib.sha256(content.encode()).hexdigest()

    def list_songs(self, previous: Sequence[Song]) -> Iterable[Song]:
        """All audio files. Only new and changed files are read."""
        known = {song.uri: song for song in previous}
        for path, revision in sorted(self._revisions.items()):
            song = known.get(path)
            if song is None or song.revision != revision:
                song = read_tags(Path(path), revision)
            if song is not None:
                yield song

    def read_queue(self) -> Queue:
        playlist = self._send("get_property", "playlist")
        with valid_answer(self.name):
            entries = tuple(QueueEntry(str(item["id"]), str(item["filename"])) for item in playlist)
            current_id = next((str(item["id"]) for item in playlist if item.get("current")), None)
        if self._send("get_property", "idle-active"):
            return Queue(entries, None, ServerPlayback.STOPPED)
        paused = self._send("get_property", "pause")
        playback = ServerPlayback.PAUSED if paused else ServerPlayback.PLAYING
        # The position of the sound card. It is unavailable before the card is open.
        with valid_answer(self.name):
            elapsed = float(self._send("get_property", "audio-pts") or 0)
        return Queue(entries, current_id, playback, elapsed=elapsed)

    def append(self, uris: Sequence[str]) -> list[QueueEntry]:
        entries = []
        for uri in uris:
            if Path(uri).is_file():
                answer = self._send("loadfile", uri, "append")
                with valid_answer(self.name):
                    entries.append(QueueEntry(str(answer["playlist_entry_id"]), uri))
        return entries

    def remove(self, entries: Sequence[QueueEntry]) -> None:
        removed = {entry.id for entry in entries}
        queue = self.read_queue().entries
        positions = [n for n, entry in enumerate(queue) if entry.id in removed]
        for position in reversed(positions):
            self._send("playlist-remove", position)

    def play(self, entry: QueueEntry) -> None:
        with valid_answer(self.name):
            position = [queued.id for queued in self.read_queue().entries].index(entry.id)
        self._send("playlist-play-index", position)
        self.set_paused(paused=False)

    def set_paused(self, *, paused: bool) -> None:
        self._send("set_property", "pause", paused)

    def last_message(self) -> str:
        return self._output.last_line if self._output else ""

    def save_playlist(self, name: str) -> None:
        uris = [entry.uri for entry in self.read_queue().entries]
        write_private({state_folder() / f"{name}.m3u": os.fsencode("\n".join([*uris, ""]))})

    def set_options(self, crossfade: float) -> Mapping[str, str]:  # noqa: ARG002
        return {}

    def restore_options(self, previous: Mapping[str, str]) -> None:
        """Do nothing: `set_options` changes nothing, mpv has no cross-fade."""

    def _send(self, *command: Any) -> Any:
        if self._ipc is None:
            raise RuntimeError("mpv is not connected")
        try:
            return self._ipc.send(*command)
        except MoodpiError as error:
            if error.code != "server_unreachable" or self._output is None:
                raise
            self._output.wait(OUTPUT_TIMEOUT)
            raise MoodpiError(f"{error}{self._output.reason()}", code=error.code) from error
