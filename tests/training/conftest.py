"""Fixtures: a FER2013 file of random faces, and `moodpi` in the process of the tests."""

from __future__ import annotations

import contextlib
import logging
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moodpi.cli.dispatch import parser_of
from moodpi.cli.main import main
from moodpi.cli.table import COMMANDS
from tests.conftest import Moodpi, environment

ROOT = Path(__file__).resolve().parents[2]
PIXELS = 48 * 48
WriteCsv = Callable[..., Path]


@pytest.fixture
def write_csv(tmp_path: Path) -> WriteCsv:
    """Write rows `emotion,pixels,Usage` under FER2013's header, or under another."""

    def write(*rows: str, header: str = "emotion,pixels,Usage") -> Path:
        path = tmp_path / "fer2013.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def moodpi(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Moodpi:
    """Run `moodpi` in this process: loading TensorFlow for every command takes too long."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.environ", environment(tmp_path))

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        capfd.readouterr()
        with clean_process_state():
            try:
                code: Any = main([*map(str, arguments)])
            except SystemExit as end:
                code = end.code
        return subprocess.CompletedProcess("moodpi", code, *capfd.readouterr())

    return run


@contextlib.contextmanager
def clean_process_state() -> Iterator[None]:
    """Give a command the logging and the signal handlers of a new process; restore pytest's."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    sigterm = signal.getsignal(signal.SIGTERM)
    root.handlers.clear()
    try:
        yield
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers[:] = handlers
        root.setLevel(level)
        signal.signal(signal.SIGTERM, sigterm)


@pytest.fixture(scope="session")
def fer_rows() -> list[str]:
    """160 Training and 40 PublicTest rows of noise, all seven emotions in turn."""
    random = np.random.default_rng(0)
    return [
        f"{index % 7},{' '.join(map(str, random.integers(0, 256, PIXELS)))},"
        f"{'Training' if index < 160 else 'PublicTest'}"
        for index in range(200)
    ]


RunCommand = Callable[..., int]


@pytest.fixture
def run_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunCommand:
    """Run a command in this process and in an empty folder; return its exit code.

    A new process would import TensorFlow again, which takes longer than most tests. Errors are
    raised instead of printed.
    """
    monkeypatch.chdir(tmp_path)

    def run(name: str, *arguments: object) -> int:
        parsed = parser_of(name).parse([str(argument) for argument in arguments])
        return int(COMMANDS[name].load().run(parsed))

    return run
