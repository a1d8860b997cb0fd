"""The steps of an installation. A dry run prints them instead of executing them."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from grp import getgrnam
from pathlib import Path
from stat import S_IMODE, S_IRWXO

from moodpi.errors import MoodpiError
from moodpi.files import write_atomic
from moodpi.output import print_lines

# Where Debian's sudo looks for programs.
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# `systemctl --user` finds the session by them.
SESSION_VARIABLES = ("HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")


@dataclass(frozen=True)
class Step(ABC):
    """One change of the system.

    Attributes:
        description: What the step is for, as an imperative phrase.
    """

    description: str

    @abstractmethod
    def as_command(self) -> str:
        """The shell command that does the same."""

    @abstractmethod
    def execute(self) -> None:
        """Make the change; MoodpiError if it fails."""


@dataclass(frozen=True)
class RunCommand(Step):
    """Runs a program.

    Attributes:
        command: The program and its arguments.
        required: Whether a failure of the program is an error.
    """

    command: tuple[str, ...]
    required: bool = True

    def as_command(self) -> str:
        return shlex.join(self.command)

    def execute(self) -> None:
        try:
            done = run_clean(self.command)
        except OSError as error:
            raise MoodpiError(
                f"`{self.as_command()}` cannot be run: {error.strerror}", code="command_failed"
            ) from error
        if done.returncode and self.required:
            output = (done.stderr or done.stdout).strip().splitlines()
            reason = output[-1] if output else f"exit code {done.returncode}"
            raise MoodpiError(f"`{self.as_command()}` failed: {reason}", code="command_failed")


def run_clean(
    command: Sequence[str], *, output: int | None = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    """Run a program of the system with nothing of the caller's PATH, environment and folder.

    As root they decide which files are executed. output: Where stdout and stderr go; None: to those
    of this process. Raises OSError if the program is missing.
    """
    environment = {name: os.environ[name] for name in SESSION_VARIABLES if name in os.environ}
    return subprocess.run(
        command,
        cwd="/",
        env={"PATH": SYSTEM_PATH, "LC_ALL": "C.UTF-8", **environment},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        text=True,
        errors="replace",
        check=False,
    )


@dataclass(frozen=True)
class WriteFile(Step):
    """Writes a file atomically. An existing file keeps its owner and permissions."""

    path: Path
    content: str

    def as_command(self) -> str:
        return f"write {self.path}"

    def execute(self) -> None:
        existing = self.path.stat() if self.path.exists() else None
        # Until it has its permissions, nobody else may read it.
        write_atomic({self.path: self.content.encode()}, mode=0o600)
        if existing is not None:
            os.chown(self.path, existing.st_uid, existing.st_gid)
        self.path.chmod(S_IMODE(existing.st_mode) if existing is not None else 0o644)


@dataclass(frozen=True)
class WriteSecret(Step):
    """Writes a file that contains a secret atomically. Other users cannot read it.

    An existing file keeps its owner, and its group and permissions if they are not for everybody.

    Attributes:
        path: The file.
        content: Its text.
        group: Otherwise, the group that may read it; None if only the owner may.
    """

    path: Path
    content: str
    group: str | None = None

    def as_command(self) -> str:
        return f"write {self.path}"

    def execute(self) -> None:
        existing = self.path.stat() if self.path.exists() else None
        owner = -1 if existing is None else existing.st_uid
        if existing is not None and not existing.st_mode & S_IRWXO:
            group, mode = existing.st_gid, S_IMODE(existing.st_mode)
        elif self.group:
            group, mode = getgrnam(self.group).gr_gid, 0o640
        else:
            group, mode = -1, 0o600
        write_atomic({self.path: self.content.encode()}, mode=0o600)
        os.chown(self.path, owner, group)
        self.path.chmod(mode)


@dataclass(frozen=True)
class CopyFile(Step):
    """Copies a file with its owner, permissions and times."""

    source: Path
    path: Path

    def as_command(self) -> str:
        return f"cp -p {self.source} {self.path}"

    def execute(self) -> None:
        try:
            owner = self.source.stat()
            shutil.copy2(self.source, self.path)
            os.chown(self.path, owner.st_uid, owner.st_gid)
        except OSError as error:
            raise MoodpiError(
                f"cannot write {self.path}: {error.strerror}", code="cannot_write"
            ) from error


@dataclass(frozen=True)
class CreateLink(Step):
    """Creates a symbolic link to `target`, or replaces what is at `path`."""

    path: Path
    target: Path

    def as_command(self) -> str:
        return f"ln -sf {self.target} {self.path}"

    def execute(self) -> None:
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary.symlink_to(self.target)
            temporary.replace(self.path)
        except OSError as error:
            raise MoodpiError(
                f"cannot write {self.path}: {error.strerror}", code="cannot_write"
            ) from error


@dataclass(frozen=True)
class RemovePath(Step):
    """Removes a file or a folder if it exists."""

    path: Path

    def as_command(self) -> str:
        return f"rm -rf {self.path}"

    def execute(self) -> None:
        try:
            if self.path.is_dir() and not self.path.is_symlink():
                shutil.rmtree(self.path)
            else:
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise MoodpiError(
                f"cannot remove {self.path}: {error.strerror}", code="cannot_remove"
            ) from error


def execute_steps(steps: Iterable[Step], *, dry_run: bool) -> None:
    """Print each step and, without `dry_run`, execute it; MoodpiError at the first failure."""
    for step in steps:
        print_lines(f"- {step.description}: {step.as_command()}")
        if not dry_run:
            step.execute()
