"""The player that starts a program for each list of tracks."""

from __future__ import annotations

import json
import logging
import os
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
from moodpi.redaction import redact_arguments

log = logging.getLogger(__name__)

# The time between SIGTERM and SIGKILL, in seconds.
EXIT_TIMEOUT = 0.5


class CommandPlayer(Player):
    """Starts `player.command` with one JSON document on its stdin.

    The document has the fields valence, arousal, strategy and tracks of `moodpi recommend --json`.
    The program may run as long as it likes. It is stopped by the next list, by a pause and at the
    end of the run. After a pause it is started again with the same tracks. Its stdout goes to
    stderr, because stdout is moodpi's own output.
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
        self._process: subprocess.Popen[bytes] | None = None
        self._recommendation: Recommendation | None = None

    def play(self, recommendation: Recommendation, *, interrupt: bool = False) -> None:  # noqa: ARG002
        self.close()
        self._recommendation = recommendation
        try:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=sys.stderr, start_new_session=True
            )
        except OSError as error:
            raise MoodpiError(
                f"cannot start player.command {self._shown}: {error.strerror}",
                code="cannot_start_player",
            ) from error
        # In a thread: a program that does not read its stdin must not block the main loop.
        threading.Thread(
            target=self._write_and_wait,
            args=(self._process, _document(recommendation)),
            name="player-command",
            daemon=True,
        ).start()

    def pause(self) -> None:
        self.close()

    def resume(self, *, requested: bool = False) -> None:  # noqa: ARG002
        if self._recommendation is not None and self._process is None:
            self.play(self._recommendation)

    def close(self) -> None:
        """Stop the program and all processes that it has started."""
        process, self._process = self._process, None
        if process is None:
            return
        # The program leads a process group, whose other members can outlive it.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(EXIT_TIMEOUT)
                return
            os.killpg(process.pid, signal.SIGKILL)

    def _write_and_wait(self, process: subprocess.Popen[bytes], document: bytes) -> None:
        if process.stdin:
            with suppress(OSError), process.stdin as stdin:  # it can end without reading
                stdin.write(document)
        # WNOWAIT leaves the process id reserved until close(), which kills the group of that id.
        with suppress(ChildProcessError):
            ended = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            if ended and ended.si_status and process is self._process:
                kind = "exit" if ended.si_code == os.CLD_EXITED else "signal"
                log.warning("player.command %s failed: %s %d", self._shown, kind, ended.si_status)


def _document(recommendation: Recommendation) -> bytes:
    fields = {
        "valence": round(recommendation.valence, 4),
        "arousal": round(recommendation.arousal, 4),
        "strategy": recommendation.strategy,
        "tracks": [track.to_json() for track in recommendation.tracks],
    }
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"
