"""The player that starts a program for each list of tracks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from edge.config.settings import PlayerSettings
from edge.music.recommendation import Recommendation
from edge.players.player import HEARD_SECONDS, Player, PlayerState
from edge.system.child_output import ChildOutput
from moodpi.errors import ConfigurationError, MoodpiError
from moodpi.redaction import redact_arguments

# The time between SIGTERM and SIGKILL, in seconds.
EXIT_TIMEOUT = 0.5
# The longest wait for the last line of a program that has failed, in seconds.
OUTPUT_TIMEOUT = 0.5


class CommandPlayer(Player):
    """Starts `player.command` with one JSON document on its stdin.

    docs/player-command.schema.json describes the document. The program may run for any
    time. It is stopped by the next list, by a pause and at the end of the run. After a pause it is
    started again with the same tracks, and at once without a track that is removed. Its stdout goes
    to stderr, because stdout is moodpi's own output. If it fails, the last line of its stderr is
    the reason.
    """

    def __init__(self, settings: PlayerSettings, catalog: Path | None = None) -> None:
        if not settings.command:
            raise ConfigurationError(
                'player.command is empty: player.kind "command" requires a program and its '
                'arguments, for example ["my-player", "--json"]',
                code="no_player_command",
            )
        super().__init__(settings, catalog)
        self._command = settings.command
        self._shown = " ".join(redact_arguments(settings.command))
        self._program: _Program | None = None
        self._recommendation: Recommendation | None = None
        # The last failure, until a program has played.
        self._failure = PlayerState()

    def play(self, recommendation: Recommendation, *, interrupt: bool = False) -> None:  # noqa: ARG002
        self.close()
        self._recommendation = recommendation
        try:
            self._program = _Program(self._command, _document(recommendation))
        except OSError as error:
            raise MoodpiError(
                f"cannot start player.command {self._shown}: {error.strerror}",
                code="cannot_start_player",
            ) from error

    def pause(self) -> None:
        self.close()

    def resume(self, *, requested: bool = False) -> None:  # noqa: ARG002
        if self._recommendation is not None and self._program is None:
            self.play(self._recommendation)

    def remove(self, ids: frozenset[str]) -> None:
        if self._recommendation is None:
            return
        tracks = self._recommendation.tracks
        left = tuple(track for track in tracks if track.track.id not in ids)
        if left == tracks:
            return
        self._recommendation = replace(self._recommendation, tracks=left)
        if self._program is not None:
            self.close()
            if left:
                self.play(self._recommendation)

    @property
    def is_busy(self) -> bool:
        return self._program is not None and self._program.failure is None

    def state(self) -> PlayerState:
        """The tracks are heard when the program has run for a while, or has ended without error."""
        program = self._program
        if program is not None and program.failure:
            error = f"player.command {self._shown} failed: {program.failure}"
            self._failure = PlayerState(error=error, error_code="player_failed")
        elif program is not None and program.has_played and self._recommendation is not None:
            self._failure = PlayerState()
            return PlayerState(heard=self._recommendation.tracks)
        return self._failure

    def close(self) -> None:
        """Stop the program and all processes that it has started."""
        program, self._program = self._program, None
        if program is not None:
            program.stop()


class _Program:
    """A running program.

    Attributes:
        failure: Why it ended; empty if it ended without an error, None while it runs.
    """

    def __init__(self, command: Sequence[str], document: bytes) -> None:
        self.failure: str | None = None
        self._started = time.monotonic()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=sys.stderr,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        # In a thread: a program that does not read its stdin must not block the main loop.
        threading.Thread(
            target=self._write_and_wait, args=(document,), name="player-command", daemon=True
        ).start()

    @property
    def has_played(self) -> bool:
        """Whether the program has ended without an error, or has run for HEARD_SECONDS."""
        return not self.failure and (
            self.failure == "" or time.monotonic() - self._started >= HEARD_SECONDS
        )

    def stop(self) -> None:
        """Stop the program and its process group, whose other members can outlive it."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(EXIT_TIMEOUT)
                return
            os.killpg(self._process.pid, signal.SIGKILL)

    def _write_and_wait(self, document: bytes) -> None:
        output = self._process.stderr and ChildOutput("player.command", self._process.stderr)
        if self._process.stdin:
            with suppress(OSError), self._process.stdin as stdin:  # it can end without reading
                stdin.write(document)
        # WNOWAIT leaves the process id reserved until stop(), which kills the group of that id.
        with suppress(ChildProcessError):
            ended = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
            if not ended or not ended.si_status:
                self.failure = ""
                return
            reason = ""
            if output:
                output.wait(OUTPUT_TIMEOUT)
                reason = output.reason()
            kind = "exit" if ended.si_code == os.CLD_EXITED else "signal"
            self.failure = f"{kind} {ended.si_status}{reason}"


def _document(recommendation: Recommendation) -> bytes:
    return json.dumps(recommendation.to_json(), ensure_ascii=False).encode() + b"\n"
