"""A real `moodpi run` with its own home folder, and commands to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.waiting import wait_for

# Settings with which moods change within seconds.
FAST_MOODS = "[mood]\nenter = 0.3\nleave = 0.15\nrefractory = 0\nabsence = 3\n"


class RunningDaemon:
    """A daemon that runs while it is entered.

    home: Its home folder. camera: Its source. configuration: The content of its moodpi.toml.
    options: More options of `moodpi run`.
    """

    def __init__(
        self, home: Path, camera: str, configuration: str = "", options: Sequence[str] = ()
    ) -> None:
        # XDG_RUNTIME_DIR, because the path of a socket must be short.
        self.environment = {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home),
            "PYTHONPATH": str(ROOT),
        }
        self.camera = camera
        self.options = options
        self.socket = home / "moodpi" / "control.sock"
        self.log = home / "log"
        self.configuration = home / ".config" / "moodpi" / "moodpi.toml"
        self.configuration.parent.mkdir(parents=True)
        self.configuration.write_text(configuration)

    def __enter__(self) -> RunningDaemon:
        self.start()
        wait_for(lambda: self.status()["mood"] is not None, "the portrait's mood")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self.process = self.popen("run", "--source", self.camera, "--json", *self.options)
        wait_for(
            lambda: self.process.poll() is not None or self.run_command("status")[0] == 0,
            "the daemon",
        )
        assert self.process.poll() is None, self.log.read_text()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)

    def popen(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command that runs in the background. Its log is appended to `log`."""
        with self.log.open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "moodpi", *arguments],
                stdout=subprocess.DEVNULL,
                stderr=log,
                text=True,
                env={"PATH": os.environ["PATH"], **self.environment},
            )

    def run_command(
        self, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Run a command: its exit code, stdout and stderr. environment: Instead of the daemon's."""
        done = subprocess.run(
            [sys.executable, "-m", "moodpi", *arguments],
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"], **(environment or self.environment)},
            check=False,
            timeout=60,
        )
        return done.returncode, done.stdout, done.stderr

    def status(self, command: str = "status") -> dict[str, Any]:
        """The JSON of `moodpi status`, or of another command that prints the status."""
        code, output, errors = self.run_command(command, "--json")
        assert code == 0, errors
        document: dict[str, Any] = json.loads(output)
        return document
