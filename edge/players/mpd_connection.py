"""python-mpd2's client with bounds on what it reads from a server."""

from __future__ import annotations

import io
import itertools
import socket
from collections.abc import Iterator
from typing import Any

import mpd

from edge.system.bounded_input import BoundedInput

# An MPD server cuts the length of a path at 4096 bytes. The rest of a longer line is dropped.
MAX_LINE_BYTES = 8192
# The most tags of one song, and the most lines of any answer without songs and folders.
MAX_ENTRY_LINES = 2000
MAX_ANSWER_BYTES = 512 * 2**20
BUFFER_BYTES = 65_536
# Songs in one answer. MPD closes the connection if an answer exceeds its max_output_buffer_size, by
# default 8 MB: a song with the tags of SONG_TAGS has less than 1 KB, unless its path is very long.
WINDOW_SONGS = 1000
# The longest time for such an answer, in seconds.
WINDOW_TIMEOUT = 20.0
SONG_TAGS = ("Artist", "AlbumArtist", "Title")
# An entry of an answer begins with one of these.
ENTRY_KEYS = (b"file: ", b"directory: ", b"playlist: ")


class HangUpError(mpd.ConnectionError):
    """The server closed the connection within an answer. `songs` is the window that was read."""

    def __init__(self, songs: str) -> None:
        super().__init__(f"connection closed within the songs {songs}")


class BoundedClient(mpd.MPDClient):
    """A client that limits the length, the size and the time of a server's answer.

    The songs of an answer are read one by one, so that a long list is never in memory as a whole.
    """

    def __init__(self) -> None:
        super().__init__()
        self._answer_timeout = 0.0
        self._reader: _AnswerReader | None = None

    def begin_answer(self, timeout: float) -> None:
        """Set the time for the whole answer to the next command, or for a connection, in seconds.

        An answer that does not end in time raises TimeoutError.
        """
        self.timeout = self._answer_timeout = timeout
        if self._reader is not None:
            self._reader.begin(timeout)

    def entries(self, timeout: float, command: str, *arguments: str) -> Iterator[dict[str, Any]]:
        """The entries of the answer to a command. No other command may be sent before the last.

        timeout: for the whole answer, in seconds.
        """
        self.begin_answer(timeout)
        self.iterate = True
        try:
            answer: Iterator[dict[str, Any]] = getattr(self, command)(*arguments)
        finally:
            self.iterate = False
        return answer

    def entries_in_windows(self, command: str, *arguments: str) -> Iterator[dict[str, Any]]:
        """The entries of a command whose last argument is a window, WINDOW_SONGS in an answer.

        Raises HangUpError if the server closes the connection within an answer.
        """
        for start in itertools.count(step=WINDOW_SONGS):
            window = f"{start}:{start + WINDOW_SONGS}"
            count = 0
            try:
                for song in self.entries(WINDOW_TIMEOUT, command, *arguments, window):
                    count += 1
                    yield song
            except (mpd.ConnectionError, ConnectionError) as error:
                raise HangUpError(window) from error
            if count != WINDOW_SONGS:
                return

    # python-mpd2 has no public hook for the socket that it reads.
    def _connect_unix(self, path: str) -> _BoundedSocket:
        return self._bounded(super()._connect_unix(path))

    def _connect_tcp(self, host: str, port: int) -> _BoundedSocket:
        return self._bounded(super()._connect_tcp(host, port))

    def _bounded(self, connection: socket.socket) -> _BoundedSocket:
        self._reader = _AnswerReader(connection)
        self._reader.begin(self._answer_timeout)
        return _BoundedSocket(connection, self._reader)


# python-mpd2 drops an answer to it that has more than one value.
BoundedClient.add_command("config", mpd.MPDClient._parse_object)  # noqa: SLF001


class _BoundedSocket:
    """A socket whose file for reading is an _AnswerReader."""

    def __init__(self, connection: socket.socket, reader: _AnswerReader) -> None:
        self._connection = connection
        self._reader = reader

    def makefile(self, mode: str, **arguments: Any) -> Any:
        makefile: Any = self._connection.makefile
        return self._reader if mode == "rb" else makefile(mode, **arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class _AnswerReader:
    """The lines of a server's answers, valid UTF-8 of at most MAX_LINE_BYTES."""

    def __init__(self, connection: socket.socket) -> None:
        self._raw = BoundedInput(connection, MAX_ANSWER_BYTES)
        self._buffer = io.BufferedReader(self._raw, BUFFER_BYTES)
        self._entry_lines = 0

    def begin(self, timeout: float) -> None:
        """Count the bytes, the lines and the time of an answer from here."""
        self._raw.begin(timeout)
        self._entry_lines = 0

    def readline(self) -> bytes:
        """The next line with its line break; without one at the end of the connection."""
        line = rest = self._buffer.readline(MAX_LINE_BYTES)
        while len(rest) == MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = self._buffer.readline(MAX_LINE_BYTES)
        if rest is not line and rest.endswith(b"\n"):
            line += b"\n"
        self._entry_lines = 0 if line.startswith(ENTRY_KEYS) else self._entry_lines + 1
        if self._entry_lines > MAX_ENTRY_LINES:
            raise mpd.ProtocolError(f"an entry of more than {MAX_ENTRY_LINES} lines")
        return line if line.isascii() else line.decode("utf-8", "replace").encode()

    def read(self, _size: int) -> bytes:
        """Refuse binary data: moodpi asks for none."""
        raise mpd.ProtocolError("an unexpected binary answer")

    def close(self) -> None:
        """Do nothing: python-mpd2 also closes the socket."""
