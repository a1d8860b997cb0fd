"""A moodpi that runs in a home of its own and watches a camera, and the commands given to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.waiting import wait_for

# Moods that come and go as fast as a test can wait.
HASTY = "[mood]\nenter = 0.3\nleave = 0.3\ndwell = 0.2\nrefractory = 0\nabsence = 3\n"


class Room:
    """The home, and the daemon that runs in it while it is entered; camera: what it watches.

    configuration: its moodpi.toml.
    """

    def __init__(self, home: Path, camera: str, configuration: str = "") -> None:
        # A socket's path is short, a test's folder is not.
        self.variables = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "PYTHONPATH": str(ROOT)}
        self.camera = camera
        self.socket = home / "moodpi" / "control.sock"
        self.log = home / "log"
        self.configuration = home / ".config" / "moodpi" / "moodpi.toml"
        self.configuration.parent.mkdir(parents=True)
        self.configuration.write_text(configuration)

    def __enter__(self) -> Room:
        self.start()
        wait_for(lambda: self.status()["mood"] is not None, "the portrait's mood")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self.daemon = self.popen("run", "--source", self.camera, "--json")
        wait_for(lambda: self.daemon.poll() is not None or self.ask("status")[0] == 0, "the daemon")
        assert self.daemon.poll() is None, self.log.read_text()

    def stop(self) -> None:
        self.daemon.terminate()
        self.daemon.wait(timeout=10)

    def popen(self, *arguments: str) -> subprocess.Popen[str]:
        """A command that goes on; what it says on stdout is nobody's."""
        with self.log.open("a") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "moodpi", *arguments],
                stdout=subprocess.DEVNULL,
                stderr=log,
                text=True,
                env={"PATH": os.environ["PATH"], **self.variables},
            )

    def ask(
        self, *arguments: str, variables: Mapping[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of a command; variables: in place of the room's own."""
        done = subprocess.run(
            [sys.executable, "-m", "moodpi", *arguments],
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"], **(variables or self.variables)},
            check=False,
            timeout=60,
        )
        return done.returncode, done.stdout, done.stderr

    def status(self, command: str = "status") -> dict[str, Any]:
        code, said, wrong = self.ask(command, "--json")
        assert code == 0, wrong
        answer: dict[str, Any] = json.loads(said)
        return answer
