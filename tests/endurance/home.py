"""A home for a daemon: its configuration and its state, and the daemon itself while it runs."""

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
from tests.waiting import LONG_ENOUGH, wait_for

# SIGTERM ends a run within so many seconds.
ENDED = 2.0


class Home:
    """A folder with what systemd would give a service: a configuration, state and a run folder."""

    def __init__(self, folder: Path, configuration: str) -> None:
        self.configuration = folder / "moodpi.toml"
        self.configuration.write_text(configuration)
        self.state = folder / "state"
        self.listener = self.state / "listener.sqlite"
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
        **variables: str,
    ) -> Iterator[Running]:
        """`moodpi run --json` with this configuration; killed at the end if it still runs.

        under: a program and its arguments that runs it. stdout: where its events go instead.
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
        running = Running(process, self)
        try:
            yield running
        finally:
            process.kill()
            process.wait()
            running.heard_out()

    def played(self) -> list[str]:
        """The ids in the history, the oldest first, read as anybody may.

        None where the first life ended before the file was made, or was empty still.
        """
        if not self.listener.exists():
            return []
        with closing(sqlite3.connect(f"{self.listener.as_uri()}?mode=ro", uri=True)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            if database.execute("SELECT 1 FROM sqlite_schema").fetchone() is None:
                return []
            rows = database.execute("SELECT id FROM played ORDER BY entry").fetchall()
        return [identity for (identity,) in rows]

    def lines(self, about: str) -> list[str]:
        """The lines of the log with these words in them."""
        return [line for line in self.log.read_text().splitlines() if about in line]


class Running:
    """A daemon, what it has said so far, and what it answers."""

    def __init__(self, process: subprocess.Popen[str], home: Home) -> None:
        self.process = process
        self.events: list[dict[str, Any]] = []
        self._home = home
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            # A daemon that is killed may be cut short.
            if line.endswith("\n"):
                self.events.append(json.loads(line))

    def heard_out(self) -> None:
        """Wait until all that the ended process had said is in `events`."""
        self._listener.join()

    def wait_for(
        self, kind: str, since: int = 0, seconds: float = LONG_ENOUGH, **fields: object
    ) -> int:
        """Until it says such an event, after the first `since`; how many it has said then."""

        def place() -> int | None:
            for place, event in enumerate(self.events[since:], start=since + 1):
                if event["event"] == kind and fields.items() <= event.items():
                    return place
            assert self.process.poll() is None, self._home.log.read_text()
            return None

        wait_for(lambda: place() is not None, f"{kind} {fields}; log: {self._home.log}", seconds)
        found = place()
        assert found is not None
        return found

    def wait_for_log(self, words: str) -> None:
        """Until a line of the log holds these words."""
        wait_for(lambda: bool(self._home.lines(words)), f"the log says '{words}'")

    def ask(self, command: str) -> dict[str, Any]:
        """What the daemon answers to a command, as `moodpi COMMAND --json` prints it."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(str(self._home.socket))
            connection.sendall(json.dumps({"command": command}).encode() + b"\n")
            answer: dict[str, Any] = json.loads(connection.makefile("rb").readline())
        return answer

    def end(self) -> int:
        """Ask it to end (SIGTERM); its exit code.

        It must come within ENDED, not counting how long this machine kept it waiting for a
        processor.
        """
        asked, queued = time.monotonic(), self._queued()
        self.process.send_signal(signal.SIGTERM)
        wait_for(self._is_over, f"the end; log: {self._home.log.read_text()}")
        took = time.monotonic() - asked - (self._queued() - queued)
        assert took <= ENDED
        self.heard_out()
        return self.process.wait()

    def _is_over(self) -> bool:
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process.pid, how) is not None

    def _queued(self) -> float:
        """For how many seconds it was ready to run and others ran instead (sched-stats.rst)."""
        return int(Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[1]) / 1e9

    def descriptors(self) -> int:
        """How many files, sockets and pipes it has open."""
        return self._entries("fd")

    def threads(self) -> int:
        return self._entries("task")

    def memory(self) -> int:
        """Bytes resident of its own; pages of files, which the system takes back, do not count."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("RssAnon:")[1].split()[0]) * 1024

    def _entries(self, folder: str) -> int:
        return sum(1 for _ in Path(f"/proc/{self.process.pid}/{folder}").iterdir())

    def given(self) -> list[str]:
        """The ids of all tracks that it said it chose, in order."""
        lists = [event["tracks"] for event in self.events if event["event"] == "tracks"]
        return [track["id"] for tracks in lists for track in tracks]
