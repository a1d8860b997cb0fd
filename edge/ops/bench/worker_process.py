"""The parent's side of edge.ops.bench.worker."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
from contextlib import suppress
from typing import Any

from edge.ops.bench.cases import BenchmarkCase

# For loading a model or for one round, in seconds.
WORKER_TIMEOUT = 120.0


class WorkerError(Exception):
    """The worker failed or did not answer. The message is the reason.

    requirement: What must be installed first; empty if that is not the reason.
    """

    def __init__(self, reason: str, requirement: str = "") -> None:
        super().__init__(reason)
        self.requirement = requirement


class WorkerProcess:
    """A process with one loaded model."""

    def __init__(self, case: BenchmarkCase) -> None:
        command = [
            sys.executable,
            "-P",
            "-m",
            "edge.ops.bench.worker",
            str(case.path),
            case.package,
        ]
        self._process = subprocess.Popen(
            [*command, str(case.threads), case.scaling],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Import from where this process imports.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self._selector = selectors.DefaultSelector()
        if self._process.stdout:
            self._selector.register(self._process.stdout, selectors.EVENT_READ)

    def load_seconds(self) -> float:
        """Seconds until the first answer, imports included. Call this first, once."""
        return float(self._read()["load"])

    def time_inferences(self, runs: int) -> list[float]:
        """Seconds of each of `runs` inferences."""
        if self._process.stdin:
            with suppress(OSError):
                self._process.stdin.write(f"{runs}\n".encode())
                self._process.stdin.flush()
        return [float(seconds) for seconds in self._read()["seconds"]]

    def stop(self) -> int:
        """End the worker normally; return its peak memory in bytes."""
        if self._process.stdin:
            with suppress(OSError):
                self._process.stdin.close()
        return int(self._read()["peak"])

    def kill(self) -> None:
        """Kill the process if it still runs, and release its resources."""
        self._selector.close()
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream and not stream.closed:
                with suppress(OSError):
                    stream.close()

    def _read(self) -> dict[str, Any]:
        """The next record; WorkerError if there is none."""
        if not self._selector.select(WORKER_TIMEOUT) or not self._process.stdout:
            raise WorkerError(f"no answer within {WORKER_TIMEOUT:.0f} s")
        line = self._process.stdout.readline()
        if line:
            record: dict[str, Any] = json.loads(line)
            return record
        exit_code = self._process.wait()
        if exit_code < 0:
            raise WorkerError(f"killed by signal {-exit_code}")
        output = self._process.stderr.read() if self._process.stderr else b""
        lines = output.decode(errors="replace").strip().splitlines()
        last = lines[-1] if lines else f"exit code {exit_code} without an error message"
        raise WorkerError(last.removeprefix("moodpi.errors.MoodpiError: "))
