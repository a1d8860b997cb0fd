"""The player that is any program: it is started for each list, with the tracks on its stdin."""

from __future__ import annotations

import json
import logging
import os
import shlex
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from edge.config.settings import PlayerSettings
from edge.music.recommendation import Recommendation
from edge.players.player import Player
from moodpi.errors import ConfigurationError, MoodpiError

log = logging.getLogger(__name__)

# How long a program may take to end when it is asked to (SIGTERM), in seconds.
FAREWELL = 0.5


class CommandPlayer(Player):
    """Starts `player.command` with one JSON document on its stdin, and waits for nobody.

    The document has the fields valence, arousal, strategy and tracks of `moodpi recommend --json`.
    A program may play on for as long as it likes: it is ended when the next list comes, and with
    moodpi. A pause ends it too, and it gets its tracks anew when the music goes on. What it prints
    goes to stderr, for stdout is moodpi's own.
    """

    def __init__(self, settings: PlayerSettings, catalog: Path | None = None) -> None:
        if not settings.command:
            raise ConfigurationError(
                'player.command is empty: expected a program and its arguments, as ["my-player", '
                '"--json"], because player.kind is "command"'
            )
        super().__init__(settings, catalog)
        self._command = settings.command
        self._program: subprocess.Popen[bytes] | None = None
        self._given: Recommendation | None = None

    def play(self, recommendation: Recommendation, *, interrupt: bool = False) -> None:  # noqa: ARG002
        self.close()
        self._given = recommendation
        try:
            self._program = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=sys.stderr, start_new_session=True
            )
        except OSError as error:
            raise MoodpiError(
                f"player.command {shlex.join(self._command)} cannot be started: {error.strerror}"
            ) from error
        # A program that does not read must not keep the eyes from seeing.
        threading.Thread(
            target=self._attend,
            args=(self._program, _document(recommendation)),
            name="player-command",
            daemon=True,
        ).start()

    def pause(self) -> None:
        self.close()

    def resume(self, *, requested: bool = False) -> None:  # noqa: ARG002
        if self._given is not None and self._program is None:
            self.play(self._given)

    def close(self) -> None:
        program, self._program = self._program, None
        if program is None:
            return
        # With all that it started, which may outlive it: it leads a session of its own.
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                program.wait(FAREWELL)
                return
            os.killpg(program.pid, signal.SIGKILL)

    def _attend(self, program: subprocess.Popen[bytes], document: bytes) -> None:
        if program.stdin:
            with suppress(OSError), program.stdin as stdin:  # it may end without reading
                stdin.write(document)
        # Not reaped before close(): until then its number, by which its group is ended, is its own.
        with suppress(ChildProcessError):
            ended = os.waitid(os.P_PID, program.pid, os.WEXITED | os.WNOWAIT)
            if ended and ended.si_status and program is self._program:
                how = "exit" if ended.si_code == os.CLD_EXITED else "signal"
                command = shlex.join(self._command)
                log.warning("player.command %s failed: %s %d", command, how, ended.si_status)


def _document(recommendation: Recommendation) -> bytes:

    fields = {
        "valence": round(recommendation.valence, 4),
        "arousal": round(recommendation.arousal, 4),
        "strategy": recommendation.strategy,
        "tracks": [choice.to_json() for choice in recommendation.tracks],
    }
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"
