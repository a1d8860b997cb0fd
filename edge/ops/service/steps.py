"""What an installation does, one frozen dataclass a kind of step, so that it can be shown first."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from stat import S_IMODE

from moodpi.errors import MoodpiError
from moodpi.files import write_atomic


@dataclass(frozen=True)
class Step(ABC):
    """One thing that is done to the machine. why: for the person who watches."""

    why: str

    @abstractmethod
    def what(self) -> str:
        """The step as a command that a person could give."""

    @abstractmethod
    def do(self) -> None:
        """Do it; MoodpiError where it cannot be done."""


@dataclass(frozen=True)
class Run(Step):
    """A program is run. needed: whether its failure ends the installation."""

    command: tuple[str, ...]
    needed: bool = True

    def what(self) -> str:
        return shlex.join(self.command)

    def do(self) -> None:
        try:
            done = subprocess.run(self.command, capture_output=True, text=True, check=False)
        except OSError as error:
            raise MoodpiError(f"`{self.what()}` cannot be run: {error.strerror}") from error
        if done.returncode and self.needed:
            said = (done.stderr or done.stdout).strip().splitlines() or ["it did not say why"]
            raise MoodpiError(f"`{self.what()}` failed: {said[-1]}")


@dataclass(frozen=True)
class Write(Step):
    """A file gets a content, whole or not at all; one that is there keeps owner and permissions."""

    path: Path
    content: str

    def what(self) -> str:
        return f"write {self.path}"

    def do(self) -> None:
        before = self.path.stat() if self.path.exists() else None
        write_atomic({self.path: self.content.encode()})
        if before is not None:
            os.chown(self.path, before.st_uid, before.st_gid)
        self.path.chmod(S_IMODE(before.st_mode) if before is not None else 0o644)


@dataclass(frozen=True)
class Link(Step):
    """A name in one place leads to a file in another; what had the name before is replaced."""

    path: Path
    target: Path

    def what(self) -> str:
        return f"ln -sf {self.target} {self.path}"

    def do(self) -> None:
        aside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            aside.symlink_to(self.target)
            aside.replace(self.path)
        except OSError as error:
            raise MoodpiError(f"cannot write {self.path}: {error.strerror}") from error


@dataclass(frozen=True)
class Remove(Step):
    """A file or folder goes, if it is there."""

    path: Path

    def what(self) -> str:
        return f"rm -rf {self.path}"

    def do(self) -> None:
        try:
            if self.path.is_dir() and not self.path.is_symlink():
                shutil.rmtree(self.path)
            else:
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise MoodpiError(f"cannot remove {self.path}: {error.strerror}") from error


def carry_out(steps: Iterable[Step], *, dry: bool) -> None:
    """Say each step, and do it unless `dry`; the first that fails ends it with a MoodpiError."""
    for step in steps:
        print(f"- {step.why}: {step.what()}", flush=True)
        if not dry:
            step.do()
