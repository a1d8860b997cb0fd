"""A real `moodpi serve` on a free port, in a folder of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

httpx = pytest.importorskip("httpx")
pytest.importorskip("uvicorn")


@dataclass(frozen=True)
class Served:
    """A running server: its address, process, state folder, greeting and log."""

    url: str
    process: subprocess.Popen[str]
    state: Path
    greeting: list[str]
    log: Path

    @property
    def megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def get(self, path: str, **how: Any) -> Any:
        return httpx.get(self.url + path, timeout=60, **how)

    def request(self, method: str, path: str) -> Any:
        return httpx.request(method, self.url + path, timeout=60)

    def post(self, path: str, content: Any = None, **how: Any) -> Any:
        return httpx.post(self.url + path, content=content, timeout=60, **how)


@contextmanager
def serving(folder: Path, *options: str, **variables: str) -> Iterator[Served]:
    """The server, until the block ends; it is stopped as systemd would stop it.

    variables: of its environment, beside a home and a state of its own.
    """
    state, log = folder / "state", folder / "log"
    theirs = ("MOODPI", "XDG_", "STATE_DIRECTORY")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
    scheme = "https" if "--tls-cert" in options else "http"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "moodpi", "serve", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=folder,
            env={
                **clean,
                "HOME": str(folder),
                "PYTHONPATH": str(ROOT),
                "STATE_DIRECTORY": str(state),
                **variables,
            },
        )
    try:
        greeting = [process.stdout.readline()]
        if "token is in" not in greeting[0] and "this machine only" not in greeting[0]:
            greeting += [process.stdout.readline() for _ in range(2)]
        port = re.search(r":(\d+)/", greeting[0])[1]
        yield Served(f"{scheme}://127.0.0.1:{port}", process, state, greeting, log)
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server on loopback for every test that changes nothing of it."""
    with serving(tmp_path_factory.mktemp("served")) as served:
        yield served


@pytest.fixture
def serve(tmp_path: Path) -> Callable[..., Any]:
    """Start a server with options of its own, for a `with` statement."""
    return lambda *options: serving(tmp_path, *options)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium."""
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Debian's chromium is not installed")
    # Far more than anything takes on a machine that has nothing else to do, in milliseconds.
    playwright.expect.set_options(timeout=20_000)
    with playwright.sync_playwright() as engine:
        started = engine.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()
