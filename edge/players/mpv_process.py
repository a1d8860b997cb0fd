"""An mpv process and its playlist, controlled over its JSON IPC."""

from __future__ import annotations

import socket
import subprocess
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from edge.players.mpv_ipc import MpvIpc
from edge.players.music_server import (
    MusicServer,
    Queue,
    QueueEntry,
    ServerPlayback,
    valid_answer,
)
from edge.system.child_output import ChildOutput
from moodpi.errors import MoodpiError

# The longest time for the process to end, in seconds.
EXIT_TIMEOUT = 1.0
# The longest wait for the last line of a process that does not answer, in seconds.
OUTPUT_TIMEOUT = 0.5
# --no-config: the user's scripts or `save-position-on-quit` would change what is played.
# It prints errors only.
COMMAND = (
    *("mpv", "--idle=yes", "--no-config", "--no-video", "--audio-display=no"),
    *("--input-terminal=no", "--msg-level=all=error"),
)


class MpvProcess(MusicServer):
    """An mpv process. mpv exits when its connection closes, even if moodpi is killed.

    options: of mpv, in addition to COMMAND.
    """

    def __init__(self, options: Sequence[str] = ()) -> None:
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self._ipc: MpvIpc | None = None
        self._output: ChildOutput | None = None

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
            if address := self.address(uri):
                answer = self._send("loadfile", address, "append")
                with valid_answer(self.name):
                    entries.append(QueueEntry(str(answer["playlist_entry_id"]), uri))
        return entries

    @abstractmethod
    def address(self, uri: str) -> str:
        """What mpv opens for a song's URI; empty if the song is gone."""

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
