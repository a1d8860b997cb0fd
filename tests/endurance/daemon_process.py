"""`moodpi run` as a child process, in a sandbox with its own configuration and state."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TextIO

from tests.conftest import ROOT
from tests.waiting import WAIT_TIMEOUT, wait_for

# Seconds from SIGTERM to the end of the process.
SHUTDOWN_TIMEOUT = 2.0


class Sandbox:
    """A folder with the configuration, the state and the control socket of one daemon."""

    def __init__(self, folder: Path, configuration: str) -> None:
        self.configuration = folder / "moodpi.toml"
        self.configuration.write_text(configuration)
        self.state = folder / "state"
        self.profile = self.state / "listener.sqlite"
        self.socket = folder / "control.sock"
        self.log = folder / "log"
        self.variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(ROOT),
            "STATE_DIRECTORY": str(self.state),
            "RUNTIME_DIRECTORY": str(folder),
        }

    @contextmanager
    def running(
        self,
        *options: str,
        under: Sequence[str] = (),
        stdout: TextIO | None = None,
        **variables: Any,
    ) -> Iterator[DaemonProcess]:
        """Run `moodpi run --json` with this configuration; kill it on exit if it still runs.

        under: a wrapper program and its arguments. stdout: a file for the events, instead of
        `DaemonProcess.events`.
        """
        command = [sys.executable, "-m", "moodpi", "run", "--json", "--config"]
        with self.log.open("a") as log:
            process = subprocess.Popen(
                [*under, *command, str(self.configuration), *options],
                stdout=stdout or subprocess.PIPE,
                stderr=log,
                text=True,
                env={**self.variables, **variables},
                cwd=ROOT,
            )
        running = DaemonProcess(process, self)
        try:
            yield running
        finally:
            process.kill()
            process.wait()
            running.drain_output()

    def played_ids(self) -> list[str]:
        """The track ids in the history, oldest first; empty if the file is missing or empty."""
        if not self.profile.exists():
            return []
        with closing(sqlite3.connect(f"{self.profile.as_uri()}?mode=ro", uri=True)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            if database.execute("SELECT 1 FROM sqlite_schema").fetchone() is None:
                return []
            rows = database.execute("SELECT id FROM played ORDER BY entry").fetchall()
        return [identity for (identity,) in rows]

    def log_lines(self, text: str) -> list[str]:
        """The lines of the log that contain `text`."""
        return [line for line in self.log.read_text().splitlines() if text in line]


class DaemonProcess:
    """A running daemon. events: the JSON objects that it has printed so far."""

    def __init__(self, process: subprocess.Popen[str], sandbox: Sandbox) -> None:
        self.process = process
        self.events: list[dict[str, Any]] = []
        self._sandbox = sandbox
        self._reader = threading.Thread(target=self._read_events, daemon=True)
        self._reader.start()

    def _read_events(self) -> None:
        for line in self.process.stdout or ():
            # The last line of a killed daemon may be incomplete.
            if line.endswith("\n"):
                self.events.append(json.loads(line))

    def drain_output(self) -> None:
        """Wait until all output of the ended process is in `events`."""
        self._reader.join()

    def wait_for(
        self, kind: str, since: int = 0, seconds: float = WAIT_TIMEOUT, **fields: object
    ) -> int:
        """Wait for an event of this kind with these fields, after the first `since` events.

        Returns the number of events up to and including it.
        """

        def find_event() -> int | None:
            for number, event in enumerate(self.events[since:], start=since + 1):
                if event["event"] == kind and fields.items() <= event.items():
                    return number
            assert self.process.poll() is None, self._sandbox.log.read_text()
            return None

        wait_for(
            lambda: find_event() is not None, f"{kind} {fields}; log: {self._sandbox.log}", seconds
        )
        found = find_event()
        assert found is not None
        return found

    def wait_for_log(self, text: str) -> None:
        """Wait until a line of the log contains `text`."""
        wait_for(lambda: bool(self._sandbox.log_lines(text)), f"'{text}' in the log")

    def send_command(self, command: str) -> dict[str, Any]:
        """The daemon's reply to a command, as `moodpi COMMAND --json` prints it."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(str(self._sandbox.socket))
            connection.sendall(json.dumps({"command": command}).encode() + b"\n")
            reply: dict[str, Any] = json.loads(connection.makefile("rb").readline())
        return reply

    def terminate(self) -> int:
        """Send SIGTERM and return the exit code.

        The process must end within SHUTDOWN_TIMEOUT, without the time that the process waited for a
        CPU.
        """
        started, queued = time.monotonic(), self._queued()
        self.process.send_signal(signal.SIGTERM)
        wait_for(self._has_ended, f"the daemon ends; log: {self._sandbox.log.read_text()}")
        elapsed = time.monotonic() - started - (self._queued() - queued)
        assert elapsed <= SHUTDOWN_TIMEOUT
        self.drain_output()
        return self.process.wait()

    def _has_ended(self) -> bool:
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process.pid, how) is not None

    def _queued(self) -> float:
        """Seconds that the main thread waited for a CPU (sched-stats.rst)."""
        return int(Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[1]) / 1e9

    def descriptors(self) -> int:
        """The number of open file descriptors."""
        return self._entries("fd")

    def threads(self) -> int:
        return self._entries("task")

    def memory(self) -> int:
        """Anonymous resident memory in bytes; pages of mapped files do not count."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("RssAnon:")[1].split()[0]) * 1024

    def _entries(self, folder: str) -> int:
        return sum(1 for _ in Path(f"/proc/{self.process.pid}/{folder}").iterdir())

    def recommended_ids(self) -> list[str]:
        """The ids of all recommended tracks, in order."""
        lists = [event["tracks"] for event in self.events if event["event"] == "tracks"]
        return [track["id"] for tracks in lists for track in tracks]
